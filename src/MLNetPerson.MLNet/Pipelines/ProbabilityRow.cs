using Microsoft.ML.Data;
using MLNetPerson.MLNet.Transforms;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>What a package's model said, with the package's threshold as text.</summary>
internal sealed class ProbabilityRow
{
    [ColumnName(Temporary.Probability)]
    public VBuffer<float> Probability { get; set; }

    [ColumnName(Temporary.Config)]
    public ReadOnlyMemory<char> Threshold { get; set; }
}
