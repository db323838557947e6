using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Hosting.Tests;

/// <summary>The sample web API, started as a user starts it, with models/person, and asked over HTTP.</summary>
public sealed partial class WebSampleTests : IAsyncLifetime
{
    private readonly Process _server = new();

    // A body is sent when the server asks for it: what is refused before is read as an answer, not met as a connection that was ended.
    private readonly HttpClient _client = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
    private readonly EmptyHome _home = new();

    public async Task InitializeAsync()
    {
        _server.StartInfo = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "MLNetPerson.WebSample.dll"),
                "--Person:Package",
                Repository.At("models/person"),
                "--Person:Encoding",
                "float32",
                "--Boxes:Package",
                Repository.At("models/person-boxes"),
                "--Boxes:Encoding",
                "float32",
                "--urls",
                "http://127.0.0.1:0",
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in _home.Environment())
        {
            _server.StartInfo.Environment[name] = value;
        }

        _server.Start();
        for (string? line; (line = await _server.StandardOutput.ReadLineAsync()) is not null;)
        {
            if (Address().Match(line) is { Success: true } found)
            {
                _client.BaseAddress = new Uri(found.Groups["address"].Value);
                _ = _server.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("The sample ended without listening.");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task It_says_where_persons_are_as_the_detectors_package_promises()
    {
        var manifest = ModelPackage.OpenDetector(Repository.At("models/person-boxes")).Manifest;
        foreach (var golden in manifest.Goldens)
        {
            using var picture = new ByteArrayContent(await File.ReadAllBytesAsync(Repository.At($"models/person-boxes/{golden.File}")));
            using var response = await _client.PostAsync("/person/boxes", picture);
            var answer = await response.Content.ReadFromJsonAsync<PersonDetections>();

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal((manifest.Input.Width, manifest.Input.Height), (answer!.Width, answer.Height));
            Assert.Equal(golden.Boxes!["float32"].Count(box => box.Probability >= manifest.Threshold), answer.Persons.Length);
        }
    }

    [Fact]
    public async Task A_body_that_is_no_picture_has_no_boxes_either()
    {
        using var response = await _client.PostAsync("/person/boxes", new ByteArrayContent("no picture at all"u8.ToArray()));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task It_answers_for_every_golden_picture_as_the_package_promises()
    {
        var manifest = ModelPackage.Open(Repository.At("models/person")).Manifest;
        var tolerance = manifest.Encodings.Single(encoding => encoding.Name == "float32").Tolerance;

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 8).SelectMany(_ => manifest.Goldens),
            async (golden, cancellation) =>
            {
                using var picture = new ByteArrayContent(
                    await File.ReadAllBytesAsync(Repository.At($"models/person/{golden.File}"), cancellation)
                );
                using var response = await _client.PostAsync("/person", picture, cancellation);
                var answer = await response.Content.ReadFromJsonAsync<PersonPrediction>(cancellation);

                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Equal(golden.Probabilities["float32"], answer.Probability, tolerance);
                Assert.Equal(answer.Probability >= manifest.Threshold, answer.IsPerson);
            }
        );
    }

    [Fact]
    public async Task It_says_what_is_wrong_with_a_picture()
    {
        using var noPicture = await _client.PostAsync("/person", new StringContent("not a picture"));
        using var nothing = await _client.PostAsync("/person", new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, noPicture.StatusCode);
        Assert.Contains("detail", await noPicture.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_body_over_the_limit_is_answered_413_as_a_problem(bool lengthIsSaid)
    {
        // Where the length is not said, the server ends the connection at its limit: what is left then must not block the client's writing.
        using var body = new ByteArrayContent(new byte[lengthIsSaid ? 40_000_000 : 30_001_000]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/person") { Content = body };
        request.Headers.TransferEncodingChunked = !lengthIsSaid;
        request.Headers.ExpectContinue = true; // so that the answer is read before the body is sent

        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>The sample reads 32 bodies at once; of forty that do not end, 32 are read and eight are refused at once.</summary>
    [Fact]
    public async Task Slow_uploads_are_bounded_in_number_and_the_next_is_answered_503()
    {
        using var end = new SemaphoreSlim(0);
        var uploads = Enumerable.Range(0, 40).Select(_ => Upload(new SlowContent(end))).ToList();
        for (var refused = 0; refused < 8; refused++)
        {
            var upload = await Task.WhenAny(uploads);
            uploads.Remove(upload);
            using var answer = await upload;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        end.Release(40);
        foreach (var upload in uploads)
        {
            using var answer = await upload;
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }
    }

    [Fact]
    public async Task It_describes_itself_as_openapi() => Assert.Contains("\"/person\"", await _client.GetStringAsync("/openapi/v1.json"));

    [Fact]
    public async Task It_says_how_it_is_and_what_answers()
    {
        Assert.Equal("Healthy", await _client.GetStringAsync("/health"));
        Assert.Contains("\"package\":\"person\"", await _client.GetStringAsync("/package"));
    }

    [Fact]
    public async Task It_leaves_nothing_of_ONNX_Runtimes_telemetry_in_an_empty_home()
    {
        using var picture = new ByteArrayContent(await File.ReadAllBytesAsync(Repository.At("models/person/golden/high.png")));
        using var response = await _client.PostAsync("/person", picture);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(_home.OfTelemetry());
    }

    /// <summary>A body that trickles until the test says so: faster than the 240 bytes a second under which Kestrel ends a request with
    /// 408.</summary>
    private async Task<HttpResponseMessage> Upload(HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/person") { Content = body };
        request.Headers.ExpectContinue = true;
        return await _client.SendAsync(request);
    }

    private sealed class SlowContent(SemaphoreSlim end) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            do
            {
                await stream.WriteAsync(new byte[1000]);
                await stream.FlushAsync();
            } while (!await end.WaitAsync(TimeSpan.FromMilliseconds(500)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Address();
}
