using System.Reflection;

namespace MLNetPerson.Training.Export;

/// <summary>This product's name and version, for the packages that it writes.</summary>
public static class ProductVersion
{
    /// <summary>For example "MLNetPerson 0.1.0".</summary>
    public static string Text { get; } =
        "MLNetPerson "
        + (
            typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "0.0.0"
        );
}
