using Microsoft.AspNetCore.Mvc;
using MLNetPerson;
using MLNetPerson.Hosting;
using MLNetPerson.Serving;
using MLNetPerson.WebSample;

// A web API around a package, whole:
//   dotnet run -c Release --project tests/MLNetPerson.WebSample -- --Person:Package=models/person --urls http://127.0.0.1:5080
//   curl --data-binary @street.jpg http://127.0.0.1:5080/person
// With --Boxes:Package=models/person-boxes also where persons are:
//   curl --data-binary @street.jpg http://127.0.0.1:5080/person/boxes
// What it takes and gives: http://127.0.0.1:5080/openapi/v1.json. Every error is a problem of RFC 9457.

// One limit for a request's body: the server refuses what is over it before it is read, and so does the classifier.
const long MaxBodyBytes = 30_000_000;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = MaxBodyBytes);
builder.Services.AddPersonClassifier(builder.Configuration.GetSection("Person"));

// Of bodies that come in at the same time: at most so many, and at most so much memory. One more is answered 503 before it is read.
builder.Services.PostConfigure<ServingOptions>(options =>
{
    options.MaxBytes = Math.Min(options.MaxBytes, MaxBodyBytes);
    options.MaxReads = Math.Min(options.MaxReads, 32);
    options.MaxBytesHeld = Math.Min(options.MaxBytesHeld, 256_000_000);
});
var hasBoxes = builder.Configuration.GetSection("Boxes:Package").Exists();
if (hasBoxes)
{
    builder.Services.AddPersonDetector(builder.Configuration.GetSection("Boxes"));
    builder.Services.PostConfigure<DetectorServingOptions>(options => options.MaxBytes = Math.Min(options.MaxBytes, MaxBodyBytes));
}

builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<PictureProblems>();
builder.Services.AddOpenApi();
var app = builder.Build();

app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapOpenApi();
app.MapPost(
        "/person",
        (HttpRequest request, IPersonClassifier classifier, CancellationToken cancellation) =>
            request.ContentLength > MaxBodyBytes
                ? throw new BadHttpRequestException($"The picture is over {MaxBodyBytes:N0} bytes.", StatusCodes.Status413PayloadTooLarge)
                : classifier.PredictAsync(request.Body, cancellation)
    )
    .WithSummary("Is there a person in the picture? The body is a JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF file.")
    .Produces<PersonPrediction>()
    .Produces<ProblemDetails>(StatusCodes.Status413PayloadTooLarge, "application/problem+json")
    .Produces<ProblemDetails>(StatusCodes.Status422UnprocessableEntity, "application/problem+json")
    .Produces<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, "application/problem+json");
if (hasBoxes)
{
    app.MapPost(
            "/person/boxes",
            (HttpRequest request, IPersonDetector detector, CancellationToken cancellation) =>
                request.ContentLength > MaxBodyBytes
                    ? throw new BadHttpRequestException(
                        $"The picture is over {MaxBodyBytes:N0} bytes.",
                        StatusCodes.Status413PayloadTooLarge
                    )
                    : detector.DetectAsync(request.Body, cancellation)
        )
        .WithSummary("Where are the persons in the picture? Boxes in pixels of the upright picture, the most probable one first.")
        .Produces<PersonDetections>()
        .Produces<ProblemDetails>(StatusCodes.Status413PayloadTooLarge, "application/problem+json")
        .Produces<ProblemDetails>(StatusCodes.Status422UnprocessableEntity, "application/problem+json")
        .Produces<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, "application/problem+json");
}

app.MapGet("/package", (ServedClassifier classifier) => classifier.Status).WithSummary("Which package answers, and how it is.");
app.MapHealthChecks("/health");

app.Run();
