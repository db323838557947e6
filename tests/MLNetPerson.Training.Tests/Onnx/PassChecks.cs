using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Passes;
using MLNetPerson.Testing;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>What every pass must keep, whatever it does.</summary>
internal static class PassChecks
{
    /// <param name="pass">Under test.</param>
    /// <param name="input">Its input.</param>
    /// <param name="golden">The golden file below the repository, with the changes and the rewritten graph.</param>
    public static void GivesTheGoldenGraph(GraphPass pass, OnnxGraph input, string golden)
    {
        var path = Repository.At(golden);
        var result = pass.Run(input);
        var text = $"{string.Concat(result.Changes.Select(change => $"{change.Node}: {change.What}\n"))}\n{GraphText.Of(result.Graph)}";
        if (Environment.GetEnvironmentVariable("MLNETPERSON_WRITE_GOLDENS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text);
    }

    /// <param name="pass">For a graph: what a pass knows of its input it must be able to know of its output.</param>
    /// <param name="input">The first run's input.</param>
    public static void ChangesNothingTheSecondTime(Func<OnnxGraph, GraphPass> pass, OnnxGraph input)
    {
        var once = pass(input).Run(input);

        var twice = pass(once.Graph).Run(once.Graph);

        Assert.NotEmpty(once.Changes);
        Assert.Empty(twice.Changes);
        Assert.Equal(once.Graph.ToBytes(), twice.Graph.ToBytes());
    }

    public static void LeavesItsInputUntouched(GraphPass pass, OnnxGraph input)
    {
        var before = input.ToBytes();

        pass.Run(input);

        Assert.Equal(before, input.ToBytes());
    }

    public static void SurvivesSavingAndLoading(GraphPass pass, OnnxGraph input)
    {
        var bytes = pass.Run(input).Graph.ToBytes();

        Assert.Equal(bytes, OnnxGraph.Parse(bytes, pass.Name).ToBytes());
    }
}
