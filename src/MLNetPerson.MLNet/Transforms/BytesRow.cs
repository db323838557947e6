using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>The pixels that were made of a row's picture.</summary>
internal sealed class BytesRow
{
    [ColumnName(Temporary.Bytes)]
    public VBuffer<byte> Bytes { get; set; }
}
