using System.Text.RegularExpressions;
using MLNetPerson.Testing;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace MLNetPerson.Tests.House;

/// <summary>Keeps the table in src/README.md: a room uses rooms above it, never below.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Assemblies =
    [
        "MLNetPerson",
        "MLNetPerson.Hosting",
        "MLNetPerson.Onnx",
        "MLNetPerson.Training",
        "MLNetPerson.MLNet",
        "MLNetPerson.Tuning",
        "MLNetPerson.Cli",
    ];

    [Fact]
    public void Rooms_use_only_rooms_above_them()
    {
        var order = Rooms().Select((room, index) => (room.Namespace, index)).ToDictionary(room => room.Namespace, room => room.index);
        var wrong = Uses()
            .Select(use => (use.Type, From: RoomOf(use.Type.Namespace, order), To: RoomOf(use.Used.Namespace, order), use.Used))
            .Where(use => use.From is not null && use.To is not null && order[use.To] > order[use.From])
            .Select(use => $"{use.Type.FullName} uses {use.Used.FullName}")
            .Distinct()
            .ToList();

        Assert.Empty(wrong);
        // The check sees what it is about: a use that is known to be there.
        Assert.Contains(
            Uses(),
            use => use.Type.FullName == "MLNetPerson.PersonClassifier" && use.Used.FullName == "MLNetPerson.Inference.OnnxModel"
        );
    }

    [Fact]
    public void Every_namespace_is_a_room_of_the_table()
    {
        var rooms = Rooms().Select(room => room.Namespace).ToHashSet();
        var homeless = Types()
            .Where(type =>
                type.Module.Assembly.Name.Name != "MLNetPerson.Cli" && type.Namespace.StartsWith("MLNetPerson", StringComparison.Ordinal)
            )
            .Where(type => !rooms.Any(room => IsIn(type.Namespace, room)))
            .Select(type => type.FullName)
            .ToList();

        Assert.Empty(homeless);
    }

    [Theory]
    [InlineData("MLNetPerson.Inference", "Microsoft.ML.OnnxRuntime")]
    [InlineData("MLNetPerson.Downloads|MLNetPerson.Training.Downloads|MLNetPerson.Cli.Verbs", "System.Diagnostics.Process")]
    [InlineData("MLNetPerson.Hosting|MLNetPerson.MLNet.Serving", "Microsoft.Extensions.DependencyInjection.IServiceCollection")]
    [InlineData("MLNetPerson.Hosting", "Microsoft.Extensions.Hosting.IHostedService")]
    [InlineData("MLNetPerson.Cli", "System.Console")]
    [InlineData("MLNetPerson.Cli", "Spectre.Console")]
    [InlineData("MLNetPerson.MLNet|MLNetPerson.Tuning.Pipelines", "Microsoft.ML.Data")]
    [InlineData("MLNetPerson.MLNet|MLNetPerson.Tuning.Pipelines", "Microsoft.ML.MLContext")]
    [InlineData("MLNetPerson.Tuning", "TorchSharp")]
    [InlineData("MLNetPerson.MLNet", "Microsoft.ML.Trainers")]
    public void Only_one_room_names(string rooms, string name)
    {
        var others = Uses()
            .Where(use =>
                use.Used.FullName == name
                || use.Used.FullName.StartsWith(name + ".", StringComparison.Ordinal)
                || use.Used.FullName.StartsWith(name + "Start", StringComparison.Ordinal)
            )
            .Where(use => !rooms.Split('|').Any(room => IsIn(use.Type.Namespace, room)))
            .Select(use => $"{use.Type.FullName} uses {use.Used.FullName}")
            .Distinct()
            .ToList();

        Assert.Empty(others);
    }

    [Fact]
    public void Native_code_is_imported_in_three_rooms_only()
    {
        var importers = Types()
            .SelectMany(type => type.Methods)
            .Where(method => method.HasPInvokeInfo && method.PInvokeInfo is not null)
            .Select(method => method.DeclaringType.Namespace)
            .Distinct()
            .ToList();

        // Inference sets a variable of the native environment before ONNX Runtime starts, which .NET cannot do on Unix.
        Assert.Equal(
            ["MLNetPerson.Images.Vips", "MLNetPerson.Inference", "MLNetPerson.Tuning.Natives"],
            importers.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Evaluation_does_no_input_or_output()
    {
        var touched = Uses()
            .Where(use =>
                use.Type.Namespace == "MLNetPerson.Training.Evaluation"
                && use.Used.Namespace.StartsWith("System.IO", StringComparison.Ordinal)
            )
            .Select(use => $"{use.Type.FullName} uses {use.Used.FullName}")
            .Distinct()
            .ToList();

        Assert.Empty(touched);
    }

    [GeneratedRegex(@"^\| (?<room>\w+) \| (?<assembly>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    private static List<(string Namespace, string Assembly)> Rooms()
    {
        var rooms = TableRow()
            .Matches(File.ReadAllText(Repository.At("src/README.md")))
            .Where(row => row.Groups["room"].Value != "Room")
            .Select(row =>
                (
                    (row.Groups["assembly"].Value, row.Groups["room"].Value) switch
                    {
                        // What a program needs stands in the root namespace.
                        (_, "Prediction") => "MLNetPerson",
                        ("MLNetPerson", var room) => $"MLNetPerson.{room}",
                        var (assembly, room) when assembly == room => $"MLNetPerson.{room}",
                        var (assembly, room) => $"MLNetPerson.{assembly}.{room}",
                    },
                    row.Groups["assembly"].Value
                )
            )
            .ToList();
        Assert.True(rooms.Count > 10, "the table of rooms in src/README.md was not found");
        return rooms;
    }

    /// <summary>The root namespace is a room for itself, not for everything below it.</summary>
    private static bool IsIn(string space, string room) =>
        space == room || (room != "MLNetPerson" && space.StartsWith(room + ".", StringComparison.Ordinal));

    private static string? RoomOf(string space, Dictionary<string, int> rooms)
    {
        for (
            var candidate = space;
            candidate.Length > 0;
            candidate = candidate.Contains('.') ? candidate[..candidate.LastIndexOf('.')] : ""
        )
        {
            if (rooms.ContainsKey(candidate) && IsIn(space, candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static List<TypeDefinition> Types() =>
        [
            .. Assemblies
                .Select(name => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, name + ".dll")))
                .SelectMany(module => module.GetAllTypes())
                .Where(type => !type.Name.StartsWith('<') || type.IsNested)
                .Select(type => type),
        ];

    /// <summary>Every type that a type names: in signatures, bodies, bases and attributes. Nested types count for the type around
    /// them.</summary>
    private static IEnumerable<(TypeDefinition Type, TypeReference Used)> Uses()
    {
        foreach (var nested in Types())
        {
            var type = nested;
            while (type.DeclaringType is not null)
            {
                type = type.DeclaringType;
            }

            foreach (var used in Named(nested).SelectMany(Parts).Where(used => !used.IsGenericParameter))
            {
                var outer = used;
                while (outer.DeclaringType is not null)
                {
                    outer = outer.DeclaringType;
                }

                yield return (type, outer);
            }
        }
    }

    private static IEnumerable<TypeReference> Named(TypeDefinition type)
    {
        IEnumerable<TypeReference?> all =
        [
            type.BaseType,
            .. type.Interfaces.Select(@interface => @interface.InterfaceType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Methods.SelectMany(method =>
                (IEnumerable<TypeReference?>)
                    [
                        method.ReturnType,
                        .. method.Parameters.Select(parameter => parameter.ParameterType),
                        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
                        .. method.HasBody
                            ? method.Body.Instructions.SelectMany(instruction =>
                                instruction.Operand switch
                                {
                                    TypeReference named => (IEnumerable<TypeReference?>)[named],
                                    MethodReference called => [called.DeclaringType, called.ReturnType],
                                    FieldReference field => [field.DeclaringType, field.FieldType],
                                    _ => [],
                                }
                            )
                            : [],
                    ]
            ),
        ];
        return all.OfType<TypeReference>();
    }

    private static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type switch
        {
            GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
            FunctionPointerType pointer =>
            [
                .. Parts(pointer.ReturnType),
                .. pointer.Parameters.SelectMany(parameter => Parts(parameter.ParameterType)),
            ],
            TypeSpecification wrapped => Parts(wrapped.ElementType),
            _ => [type],
        };
}
