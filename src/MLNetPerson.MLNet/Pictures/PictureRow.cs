using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>A row's picture as ML.NET has it in memory, with the configuration.</summary>
internal sealed class PictureRow
{
    [ColumnName(Temporary.Picture)]
    [ImageType(1, 1)] // any size: ML.NET compares the class only once a row is read, and does not take the attribute without a size
    public MLImage? Picture { get; set; }

    [ColumnName(Temporary.Config)]
    public ReadOnlyMemory<char> Config { get; set; }
}
