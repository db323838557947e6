using MLNetPerson.Testing;

namespace MLNetPerson.Tests.House;

/// <summary>How source files are laid out, where no formatter says it.</summary>
public sealed class LayoutTests
{
    /// <summary>max_line_length of .editorconfig.</summary>
    private const int MostColumns = 140;

    [Fact]
    public void Lines_of_csharp_end_at_column_140()
    {
        string[] rooms = ["src", "tests"];
        var wide = rooms
            .SelectMany(room => Directory.EnumerateFiles(Repository.At(room), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("\\obj\\", StringComparison.Ordinal))
            .SelectMany(file => Wide(File.ReadLines(file)).Select(line => $"{Path.GetRelativePath(Repository.Root, file)}:{line}"))
            .Order(StringComparer.Ordinal)
            .ToList();

        Assert.True(wide.Count == 0, $"wider than {MostColumns} columns:\n{string.Join('\n', wide)}");
    }

    [Fact]
    public void A_line_inside_of_a_raw_string_is_as_wide_as_its_text()
    {
        var wide = new string('x', MostColumns);

        string[] lines = [$"// {wide}", "var a = \"\"\"", wide + "y", "    \"\"\";", $"// {wide}", $"var b = \"\"\"{wide}\"\"\";"];

        Assert.Equal([1, 5], Wide(lines));
    }

    /// <summary>Numbers of lines that are too wide. Lines that a raw string begins on, holds or ends on are its own matter.</summary>
    private static IEnumerable<int> Wide(IEnumerable<string> lines)
    {
        var (number, isRaw) = (0, false);
        foreach (var line in lines)
        {
            number++;
            var quotes = line.Split("\"\"\"").Length - 1;
            if (line.Length > MostColumns && !isRaw && quotes == 0)
            {
                yield return number;
            }

            isRaw ^= quotes % 2 == 1;
        }
    }
}
