using System.Reflection;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests;

/// <summary>The product as it was built beside these tests.</summary>
public static class Product
{
    public static string Configuration { get; } =
        typeof(Product).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Configuration").Value!;

    /// <summary>The folder with the program and all assemblies.</summary>
    public static string Folder { get; } = Repository.At($"src/MLNetPerson.Cli/bin/{Configuration}/net10.0");

    public static string ReadyModel { get; } = Repository.At("models/person");
}
