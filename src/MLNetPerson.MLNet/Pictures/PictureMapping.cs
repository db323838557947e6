using Microsoft.ML.Transforms;
using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>From ML.NET's picture in memory to pixels. ML.NET finds the class by contract and assembly when it loads a model.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PictureMapping : CustomMappingFactory<PictureRow, BytesRow>
{
    public const string Contract = "MLNetPerson.MLImage";

    public static void Map(PictureRow row, BytesRow bytes)
    {
        var picture =
            row.Picture
            ?? throw new ImageException(ImageFault.Empty, "picture", "the row holds no picture. Fill the column, or leave the row out.");
        PictureBytes.Fill(new PictureItem("picture", MLImagePixels.ToRgb(picture)), row.Config, bytes);
    }

    public override Action<PictureRow, BytesRow> GetMapping() => Map;
}
