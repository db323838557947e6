using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;
using MLNetPerson.Testing;

namespace MLNetPerson.Notebooks;

/// <summary>
/// Runs C# cells one after the other, each with what the ones before it declared. It knows what the cells here use of .NET Interactive's
/// kernel: <c>#r</c> of files and packages, <c>display</c>, <c>HTML</c>, a last expression as the result, and <c>await</c>.
/// </summary>
public sealed partial class CSharpKernel
{
    /// <summary>One for all kernels: an assembly that one of them has loaded is not loaded again by the next.</summary>
    private static readonly InteractiveAssemblyLoader Loader = new();

    // The kernel's own, as far as they are the same in every version of it.
    private static readonly string[] Imports =
    [
        "System",
        "System.Collections.Generic",
        "System.Linq",
        "System.Text",
        "System.Threading.Tasks",
    ];

    private readonly Globals _globals = new();
    private readonly ScriptOptions _options;
    private ScriptState<object>? _state;

    /// <param name="folder">What relative paths in <c>#r</c> are relative to.</param>
    public CSharpKernel(string folder) =>
        _options = ScriptOptions
            .Default.WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(folder).WithSearchPaths(Product, folder))
            .WithReferences(((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsOfTheFramework))
            .WithImports(Imports);

    /// <summary>The folder with the product's assemblies, built as this program was.</summary>
    public static string Product { get; } = Repository.At($"src/MLNetPerson.Cli/bin/{Configuration}/net10.0");

    private static string Configuration =>
        typeof(CSharpKernel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Configuration").Value!;

    /// <summary>Runs a cell and returns what it shows.</summary>
    /// <exception cref="CompilationErrorException">It is not C#.</exception>
    /// <remarks>What the cell throws comes through as it is.</remarks>
    public async Task<IReadOnlyList<CellOutput>> RunAsync(string code)
    {
        var console = Console.Out;
        Console.SetOut(_globals.Written);
        try
        {
            var cell = Directives(code);
            _state = _state is null
                ? await CSharpScript.Create<object>(cell, _options, typeof(Globals), Loader).RunAsync(_globals)
                : await _state.ContinueWithAsync<object>(cell, _options);
            if (_state.ReturnValue is { } result)
            {
                _globals.Add(result, "execute_result");
            }
        }
        finally
        {
            Console.SetOut(console);
        }

        return _globals.Take();
    }

    /// <summary>An expression's value after what has run.</summary>
    public async Task<object> EvaluateAsync(string expression) =>
        (
            await (_state ?? throw new InvalidOperationException("no cell has run")).ContinueWithAsync<object>(expression, _options)
        ).ReturnValue;

    [GeneratedRegex("""^#r "nuget: *(?<id>[\w.]+)(?:, *(?<version>[^"]+))?" *$""", RegexOptions.Multiline)]
    private static partial Regex PackageDirective();

    private static bool IsOfTheFramework(string path) =>
        Path.GetDirectoryName(path) != AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);

    /// <summary>References to packages become references to what was built, and those to a release build become those to this
    /// one.</summary>
    private static string Directives(string code) =>
        PackageDirective()
            .Replace(
                code,
                match =>
                    File.Exists(Path.Combine(Product, match.Groups["id"].Value + ".dll"))
                        ? $"#r \"{match.Groups["id"].Value}.dll\""
                        : throw new FileNotFoundException(
                            $"#r names package '{match.Groups["id"].Value}', and '{Product}' has no assembly of that name."
                        )
            )
            .Replace("/bin/Release/", $"/bin/{Configuration}/", StringComparison.Ordinal);
}
