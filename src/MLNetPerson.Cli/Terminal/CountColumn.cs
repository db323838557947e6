using Spectre.Console;
using Spectre.Console.Rendering;

namespace MLNetPerson.Cli.Terminal;

/// <summary>Pictures done, rate and time left, as <see cref="StepDisplay"/> words them.</summary>
internal sealed class CountColumn : ProgressColumn
{
    public const string Key = "count";

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.State.Get<Caption>(Key).Words ?? "");

    /// <summary>The bar's state holds values only.</summary>
    internal readonly record struct Caption(string? Words);
}
