namespace MLNetPerson.Notebooks;

/// <summary>What cells may call without a using: the names that .NET Interactive gives its C# kernel.</summary>
public sealed class Globals
{
    private readonly List<CellOutput> _outputs = [];

    // The names are the kernel's.
#pragma warning disable IDE1006, CA1822
    public void display(object value) => Add(value, "display_data");

    public Html HTML(string text) => new(text);
#pragma warning restore IDE1006, CA1822

    internal void Add(object value, string kind)
    {
        FlushConsole();
        _outputs.Add(
            value is Html html
                ? new CellOutput(kind, "text/html", html.Text)
                : new CellOutput(kind, "text/plain", Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "")
        );
    }

    internal StringWriter Written { get; } = new();

    /// <summary>What was written between two displays stands between them.</summary>
    internal void FlushConsole()
    {
        if (Written.GetStringBuilder().Length > 0)
        {
            _outputs.Add(new CellOutput("stream", "text/plain", Written.ToString()));
            Written.GetStringBuilder().Clear();
        }
    }

    internal List<CellOutput> Take()
    {
        FlushConsole();
        List<CellOutput> taken = [.. _outputs];
        _outputs.Clear();
        return taken;
    }
}
