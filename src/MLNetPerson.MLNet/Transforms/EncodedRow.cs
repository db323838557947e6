using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>A row's picture as the bytes of its file, with the configuration.</summary>
internal sealed class EncodedRow
{
    [ColumnName(Temporary.Encoded)]
    public VBuffer<byte> Encoded { get; set; }

    [ColumnName(Temporary.Config)]
    public ReadOnlyMemory<char> Config { get; set; }
}
