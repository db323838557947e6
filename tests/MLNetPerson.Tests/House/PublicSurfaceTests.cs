using System.Reflection;
using System.Text;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.House;

/// <summary>Each assembly's public surface lies in a text file, so that a new public member is seen in review.</summary>
public sealed class PublicSurfaceTests
{
    [
        Theory,
        InlineData("MLNetPerson"),
        InlineData("MLNetPerson.Hosting"),
        InlineData("MLNetPerson.Onnx"),
        InlineData("MLNetPerson.Training"),
        InlineData("MLNetPerson.MLNet"),
        InlineData("MLNetPerson.Tuning")
    ]
    public void The_public_surface_is_the_one_on_file(string assembly)
    {
        var file = Repository.At($"tests/MLNetPerson.Tests/House/{assembly}.surface.txt");
        var surface = Describe(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable("MLNETPERSON_WRITE_GOLDENS") == "1")
        {
            File.WriteAllText(file, surface);
        }

        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), surface);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not MethodBase { IsSpecialName: true } or ConstructorInfo)
                .Where(member => !member.Name.StartsWith('<') && !IsMadeByTheCompiler(type, member))
                .Select(Signature)
                .Order(StringComparer.Ordinal);
            foreach (var member in members)
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>What every record and enumeration has.</summary>
    private static bool IsMadeByTheCompiler(Type type, MemberInfo member) =>
        (type.IsEnum && member.Name == "value__")
        || member.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is not null && member is MethodInfo
        || member.Name is "Deconstruct" or "EqualityContract";

    private static string Signature(MemberInfo member) =>
        member switch
        {
            ConstructorInfo constructor => $"new({Parameters(constructor)})",
            MethodInfo method => $"{Name(method.ReturnType)} {method.Name}"
                + $"{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "")}("
                + $"{Parameters(method)}){(method.IsStatic ? " static" : "")}",
            PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{{(property.CanRead ? " get;" : "")}"
                + $"{(property.CanWrite ? " set;" : "")} }}",
            FieldInfo field => field.DeclaringType!.IsEnum
                ? field.Name
                : $"{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
            Type nested => $"type {nested.Name}",
            _ => member.ToString()!,
        };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type) =>
        !type.IsGenericType ? type.Name : $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
}
