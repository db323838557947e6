using System.Globalization;
using System.Text;
using MLNetPerson.Training.Onnx;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>A graph as text for golden files: nodes in order, constants with values where they are few.</summary>
internal static class GraphText
{
    private const int MostValues = 16;

    public static string Of(OnnxGraph graph)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"inputs {string.Join(", ", graph.InputNames)}");
        foreach (var node in graph.Nodes)
        {
            var attributes = string.Join(
                " ",
                node.Attribute.OrderBy(attribute => attribute.Name, StringComparer.Ordinal)
                    .Select(attribute =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{attribute.Name}="
                                + $"{(attribute.Ints.Count > 0 ? string.Join(",", attribute.Ints) : attribute.I.ToString(CultureInfo.InvariantCulture))}"
                        )
                    )
            );
            text.AppendLine($"{string.Join(", ", node.Output)} = {node.OpType}({string.Join(", ", node.Input)}) {attributes}".TrimEnd());
        }

        foreach (var tensor in graph.Initializers.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            var values =
                tensor.IsFloat() && tensor.Count() <= MostValues
                    ? string.Join(" ", tensor.Floats().Select(value => value.ToString("G6", CultureInfo.InvariantCulture)))
                    : "…";
            text.AppendLine(CultureInfo.InvariantCulture, $"constant {tensor.Name} [{string.Join(", ", tensor.Dims)}] {values}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"outputs {string.Join(", ", graph.OutputNames)}");
        return text.ToString().ReplaceLineEndings("\n");
    }
}
