using System.Text.RegularExpressions;

namespace MLNetPerson.Notebooks;

/// <summary>The C# of a Markdown page, fence by fence, each as a program of its own. What a page cuts from a file that runs elsewhere says
/// so in a comment before it.</summary>
public static partial class PageRun
{
    /// <returns>0 where all of it ran.</returns>
    public static async Task<int> OfAsync(string page, string folder)
    {
        var text = File.ReadAllText(page);
        Environment.CurrentDirectory = folder;
        var failed = false;
        foreach (Match fence in Fence().Matches(text))
        {
            if (fence.Groups["from"].Success)
            {
                continue;
            }

            try
            {
                foreach (var output in await new CSharpKernel(folder).RunAsync(Program(fence.Groups["code"].Value)))
                {
                    Console.Write(output.Text);
                }
            }
            catch (Exception exception)
            {
                failed = true;
                Console.WriteLine(
                    $"{Path.GetFileName(page)}: {exception.GetType().Name}: {exception.Message}\n{fence.Groups["code"].Value}"
                );
            }
        }

        return failed ? 1 : 0;
    }

    [GeneratedRegex(@"(?:<!-- from: (?<from>\S+) -->\n)?```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^using [\w.]+;\n", RegexOptions.Multiline)]
    private static partial Regex Using();

    /// <summary>As a program: what a script does not allow, a program does, such as a using declaration.</summary>
    private static string Program(string code) =>
        $"""
            {string.Join('\n', Directory.GetFiles(CSharpKernel.Product, "MLNetPerson*.dll").Select(file => $"#r \"{file}\""))}
            using System.IO;
            using System.Threading;
            {string.Concat(Using().Matches(code).Select(match => match.Value))}
            async Task Program()
            {"{"}
                await Task.CompletedTask;
                {Using().Replace(code, "")}
            {"}"}

            await Program();
            """;
}
