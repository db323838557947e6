using Microsoft.ML.Transforms;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>From a picture file's bytes to pixels. ML.NET finds the class by contract and assembly when it loads a model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class EncodedMapping : CustomMappingFactory<EncodedRow, BytesRow>
{
    public const string Contract = "MLNetPerson.PictureBytes";

    public static void Map(EncodedRow row, BytesRow bytes) =>
        PictureBytes.Fill(new PictureItem("picture", row.Encoded.DenseValues().ToArray()), row.Config, bytes);

    public override Action<EncodedRow, BytesRow> GetMapping() => Map;
}
