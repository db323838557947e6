namespace MLNetPerson.Inference;

/// <summary>How a model is loaded and run.</summary>
public sealed record OnnxModelOptions
{
    /// <summary>Threads that share one run. Range [0, ∞); 0 leaves it to ONNX Runtime: one a core.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether idle threads burn time waiting for the next run: a little faster, but no good to others on the machine.</summary>
    public bool Spin { get; init; }

    /// <summary>
    /// Whether integers are added up exactly on x86 processors without VNNI too. Their fast instruction keeps sums of two products in 16 bits,
    /// so weights beyond ±64 overflow and answers are wrong (models/results/emulated.csv: 30 points); the exact one takes about twice as long.
    /// Only models whose weights keep to ±64 may do without it. Other processors, and models without integers, are not touched.
    /// </summary>
    /// <remarks>ONNX Runtime's session option <c>session.x64quantprecision</c>.</remarks>
    public bool ExactIntegers { get; init; } = true;

    /// <summary>How much the graph is rewritten at load.</summary>
    public GraphOptimization Optimization { get; init; } = GraphOptimization.All;

    /// <summary>Where to write the graph as rewritten, or null. For inspection; the file only suits this machine.</summary>
    public string? OptimizedModelPath { get; init; }
}
