using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace MLNetPerson.Training.Tests;

/// <summary>
/// A page in a headless Chromium, driven by Playwright. The browser is the machine's own; tests skip where there is none. One browser
/// serves all tests, each in a context of its own with an empty storage.
/// </summary>
public sealed class HeadlessBrowser : IAsyncDisposable
{
    /// <summary>Environment variable with the browser's path, for machines on whose PATH there is none.</summary>
    private const string Variable = "MLNETPERSON_CHROMIUM";

    private const string Missing =
        "there is no Chromium on the PATH; install it ('apt-get install chromium' on Debian), or put its path into " + Variable;

    private const float PatienceMilliseconds = 60_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    /// <summary>A browser that runs as root in a container, without a GPU, and calls nobody by itself.</summary>
    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private static readonly Lazy<string?> Program = new(Find);
    private static readonly Lazy<Task<IBrowser>> Browser = new(LaunchAsync);

    private readonly IBrowserContext _context;
    private readonly IPage _page;
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    private HeadlessBrowser(IBrowserContext context, IPage page)
    {
        (_context, _page) = (context, page);
        _page.PageError += (_, error) => _complaints.Add(error);
        _page.Console += (_, message) => _complaints.AddRange(message.Type is "error" or "warning" or "assert" ? [message.Text] : []);
        _page.Request += (_, request) => _requests.AddRange(request.Url.StartsWith("data:", StringComparison.Ordinal) ? [] : [request.Url]);
    }

    /// <summary>What went wrong in the page: exceptions, and errors and warnings on the console.</summary>
    public IReadOnlyList<string> Complaints => [.. _complaints];

    /// <summary>The addresses that the page asked for, but those that hold their own content.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public static async Task<HeadlessBrowser> OpenAsync(string path)
    {
        Skip.If(Program.Value is null, Missing);
        var context = await (await Browser.Value).NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 1200, Height = 900 },
                AcceptDownloads = true,
            }
        );
        context.SetDefaultTimeout(PatienceMilliseconds);
        var browser = new HeadlessBrowser(context, await context.NewPageAsync());
        await browser._page.GotoAsync(new Uri(path).AbsoluteUri);
        await browser.DrawnAsync();
        return browser;
    }

    /// <summary>An expression's value as JSON.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var value = await _page.EvaluateAsync(expression);
        return value is null ? null : JsonNode.Parse(value.Value.GetRawText());
    }

    public Task PressAsync(string key) => _page.Keyboard.PressAsync(key == " " ? "Space" : key);

    public async Task ReloadAsync()
    {
        await _page.ReloadAsync();
        await DrawnAsync();
    }

    /// <summary>Shows the page as on a screen of that size and colour scheme ("light" or "dark").</summary>
    public async Task ShowAsync(int width, int height, string scheme)
    {
        await _page.SetViewportSizeAsync(width, height);
        await _page.EmulateMediaAsync(
            new PageEmulateMediaOptions { ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light }
        );
        await DrawnAsync();
    }

    /// <summary>What the page gives for download when something is done, as text, with the name that it suggests.</summary>
    public async Task<(string Name, string Text)> DownloadAsync(string expression)
    {
        var download = await _page.RunAndWaitForDownloadAsync(() => _page.EvaluateAsync(expression));
        return (download.SuggestedFilename, await File.ReadAllTextAsync(await download.PathAsync()));
    }

    public Task<byte[]> ScreenshotAsync(bool whole = false) => _page.ScreenshotAsync(new PageScreenshotOptions { FullPage = whole });

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private static string? Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? File.Exists(given)
                ? given
                : throw new FileNotFoundException($"{Variable} names '{given}', and there is no such file.")
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
                .FirstOrDefault(File.Exists);

    private static async Task<IBrowser> LaunchAsync() =>
        await (await Playwright.CreateAsync()).Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program.Value,
                Headless = true,
                Args = Flags,
                Timeout = 3 * PatienceMilliseconds,
            }
        );

    /// <summary>Two frames, so that what scripts have changed is laid out.</summary>
    private Task DrawnAsync() =>
        _page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
}
