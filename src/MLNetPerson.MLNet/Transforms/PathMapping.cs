using Microsoft.ML.Transforms;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>From a path to pixels. ML.NET finds the class by contract and assembly when it loads a model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PathMapping : CustomMappingFactory<PathRow, BytesRow>
{
    public const string Contract = "MLNetPerson.PicturePath";

    public static void Map(PathRow row, BytesRow bytes)
    {
        var path = row.Path.ToString();
        PictureBytes.Fill(path == PictureInMemory.Path ? PictureInMemory.Get() : new PictureItem(path, path), row.Config, bytes);
    }

    public override Action<PathRow, BytesRow> GetMapping() => Map;
}
