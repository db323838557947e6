using Microsoft.ML.Transforms;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>Gives every row its anchor. ML.NET finds the class by contract and assembly when it loads a model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class AnchorMapping : CustomMappingFactory<EmptyRow, AnchorRow>
{
    public const string Contract = "MLNetPerson.Anchor";

    public static void Map(EmptyRow row, AnchorRow anchor) => anchor.Anchor = 0;

    public override Action<EmptyRow, AnchorRow> GetMapping() => Map;
}
