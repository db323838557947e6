using System.Globalization;
using System.Text;
using MLNetPerson.Files;

namespace MLNetPerson.Benchmarks;

/// <summary>Rows "what, value, unit, promise" of a results file.</summary>
internal sealed class ResultRows
{
    private readonly List<(string What, double Value, string Unit, string Promise)> _rows = [];

    public void Add(string what, double value, string unit, string promise = "")
    {
        _rows.Add((what, value, unit, promise));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-90}{value,10:0.000} {unit,-10}{promise}"));
    }

    public void AddRange(IEnumerable<(string What, double Value, string Unit, string Promise)> rows)
    {
        foreach (var (what, value, unit, promise) in rows)
        {
            Add(what, value, unit, promise);
        }
    }

    public void Write(string file)
    {
        var text = new StringBuilder("what,value,unit,promise,machine\n");
        foreach (var (what, value, unit, promise) in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"{what}\",{value:0.0000},{unit},\"{promise}\",\"{Machine.Text}\"\n");
        }

        AtomicFile.WriteText(BenchmarkData.Results(file), text.ToString());
    }
}
