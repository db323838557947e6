using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MLNetPerson.Testing;

/// <summary>
/// A page in a headless Chromium, driven over its own debugging protocol: a library for it would bring half a gigabyte along. Tests skip
/// where there is none.
/// </summary>
public sealed class HeadlessBrowser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Keys that do something by themselves, such as moving a slider, need their number.</summary>
    private static readonly Dictionary<string, int> KeyNumbers = new()
    {
        ["Tab"] = 9,
        ["Enter"] = 13,
        [" "] = 32,
        ["End"] = 35,
        ["Home"] = 36,
        ["ArrowLeft"] = 37,
        ["ArrowRight"] = 39,
    };

    private readonly TempFolder _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonNode> _events = [];
    private int _id;

    private HeadlessBrowser(Process process, TempFolder profile) => (_process, _profile) = (process, profile);

    public static async Task<HeadlessBrowser> OpenAsync(string path)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        Skip.If(program is null, "there is no Chromium on the PATH");
        var profile = new TempFolder();
        var start = new ProcessStartInfo(
            program!,
            [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-port=0",
                $"--user-data-dir={profile.Path}",
                "--window-size=1200,900",
                new Uri(path).AbsoluteUri,
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new HeadlessBrowser(Process.Start(start)!, profile);
        using var cancellation = new CancellationTokenSource(Patience);
        try
        {
            await browser.ConnectAsync(cancellation.Token);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>An expression's value as JSON.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression) =>
        (
            await SendAsync(
                "Runtime.evaluate",
                new
                {
                    expression,
                    returnByValue = true,
                    awaitPromise = true,
                }
            )
        )["result"]!["value"];

    public async Task PressAsync(string key)
    {
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            await SendAsync(
                "Input.dispatchKeyEvent",
                new
                {
                    type,
                    key,
                    code = key == " " ? "Space" : key,
                    windowsVirtualKeyCode = KeyNumbers.GetValueOrDefault(key),
                    text = type == "keyDown" && key.Length == 1 ? key
                    : type == "keyDown" && key == "Enter" ? "\r"
                    : "",
                }
            );
        }
    }

    /// <summary>Loads the page again, and from now on remembers what it asks for and what goes wrong.</summary>
    public async Task WatchAsync()
    {
        foreach (var domain in new[] { "Runtime", "Log", "Network", "Page" })
        {
            await SendAsync($"{domain}.enable", new { });
        }

        _events.Clear();
        await SendAsync("Page.reload", new { });
        for (
            var watch = Stopwatch.StartNew();
            watch.Elapsed < Patience && _events.All(message => (string?)message["method"] != "Page.loadEventFired");

        )
        {
            await EvaluateAsync("1");
            await Task.Delay(20);
        }

        await EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// <summary>What went wrong in the page since <see cref="WatchAsync"/>: exceptions, and errors and warnings on the console.</summary>
    public IReadOnlyList<string> Complaints =>
        [
            .. _events
                .Where(message =>
                    (string?)message["method"] is "Runtime.exceptionThrown" or "Log.entryAdded"
                    || (
                        (string?)message["method"] == "Runtime.consoleAPICalled"
                        && (string?)message["params"]!["type"] is "error" or "warning" or "assert"
                    )
                )
                .Select(message => message.ToJsonString()),
        ];

    /// <summary>The addresses that the page asked for since <see cref="WatchAsync"/>, but those that hold their own content.</summary>
    public IReadOnlyList<string> Requests =>
        [
            .. _events
                .Where(message => (string?)message["method"] == "Network.requestWillBeSent")
                .Select(message => (string)message["params"]!["request"]!["url"]!)
                .Where(address => !address.StartsWith("data:", StringComparison.Ordinal)),
        ];

    /// <summary>Shows the page as on a screen of that size and colour scheme ("light" or "dark").</summary>
    public async Task ShowAsync(int width, int height, string scheme)
    {
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new
            {
                width,
                height,
                deviceScaleFactor = 1,
                mobile = false,
            }
        );
        await SendAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = scheme } } });
        await EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    public async Task DownloadToAsync(string folder) =>
        await SendAsync("Browser.setDownloadBehavior", new { behavior = "allow", downloadPath = folder });

    public async Task<byte[]> ScreenshotAsync(bool whole = false) =>
        Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot", new { captureBeyondViewport = whole }))["data"]!);

    /// <summary>Waits for a file to be there whole.</summary>
    public static async Task<string> WaitForAsync(string path)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience && !File.Exists(path);)
        {
            await Task.Delay(50);
        }

        return await File.ReadAllTextAsync(path);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _profile.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        const string Marker = "DevTools listening on ";
        string? line;
        do
        {
            line =
                await _process.StandardError.ReadLineAsync(cancellation)
                ?? throw new InvalidOperationException("Chromium ended before it listened.");
        } while (!line.StartsWith(Marker, StringComparison.Ordinal));

        _ = _process.StandardError.ReadToEndAsync(cancellation);
        var port = new Uri(line[Marker.Length..]).Port;
        using var http = new HttpClient();
        for (; ; await Task.Delay(50, cancellation))
        {
            var pages = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/list", cancellation))!.AsArray();
            if (pages.FirstOrDefault(page => (string?)page!["type"] == "page") is { } page)
            {
                await _socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), cancellation);
                break;
            }
        }

        // The page before the first one is complete, too.
        while ((string?)await EvaluateAsync("location.protocol + document.readyState") != "file:complete")
        {
            await Task.Delay(50, cancellation);
        }
    }

    private async Task<JsonNode> SendAsync(string method, object parameters)
    {
        using var cancellation = new CancellationTokenSource(Patience);
        var id = ++_id;
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    id,
                    method,
                    @params = parameters,
                }
            ),
            WebSocketMessageType.Text,
            true,
            cancellation.Token
        );
        while (true)
        {
            var message = JsonNode.Parse(await ReceiveAsync(cancellation.Token))!;
            if ((int?)message["id"] == id)
            {
                return message["result"] ?? throw new InvalidOperationException($"{method}: {message["error"]}");
            }

            _events.Add(message);
        }
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellation)
    {
        var (text, buffer) = (new MemoryStream(), new byte[1 << 16]);
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, cancellation);
            text.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
