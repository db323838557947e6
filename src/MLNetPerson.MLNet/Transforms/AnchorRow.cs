using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>A scalar that every row has: ML.NET's expressions, which carry the configuration, need one to stand on.</summary>
internal sealed class AnchorRow
{
    [ColumnName(Temporary.Anchor)]
    public float Anchor { get; set; }
}
