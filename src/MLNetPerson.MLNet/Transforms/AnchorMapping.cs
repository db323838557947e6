using Microsoft.ML.Transforms;
using MLNetPerson.Inference;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>Gives every row its anchor. ML.NET finds the class by contract and assembly when it loads a model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class AnchorMapping : CustomMappingFactory<EmptyRow, AnchorRow>
{
    public const string Contract = "MLNetPerson.Anchor";

    public static void Map(EmptyRow row, AnchorRow anchor) => anchor.Anchor = 0;

    /// <summary>ML.NET reads this step of a saved chain before the one that makes a session of ONNX Runtime.</summary>
    public override Action<EmptyRow, AnchorRow> GetMapping()
    {
        OnnxEnvironment.EnsureStarted();
        return Map;
    }
}
