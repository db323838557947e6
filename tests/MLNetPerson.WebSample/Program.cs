// A web API around a package, whole:
//   dotnet run -c Release --project tests/MLNetPerson.WebSample -- --Person:Package=models/person --urls http://127.0.0.1:5080
//   curl --data-binary @street.jpg http://127.0.0.1:5080/person
using MLNetPerson.Hosting;
using MLNetPerson.Images;
using MLNetPerson.Prediction;
using MLNetPerson.Serving;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPersonClassifier(builder.Configuration.GetSection("Person"));
var app = builder.Build();

app.MapPost(
    "/person",
    async (HttpRequest request, IPersonClassifier classifier, CancellationToken cancellation) =>
    {
        try
        {
            var person = await classifier.PredictAsync(request.Body, cancellation);
            return Results.Ok(new { person.Probability, person.IsPerson });
        }
        catch (ImageException exception)
        {
            return Results.Problem(
                exception.Reason,
                statusCode: exception.Fault == ImageFault.TooManyBytes
                    ? StatusCodes.Status413PayloadTooLarge
                    : StatusCodes.Status422UnprocessableEntity
            );
        }
        catch (PersonBusyException exception)
        {
            return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
);
app.MapGet("/package", (ServedClassifier classifier) => classifier.Status);
app.MapHealthChecks("/health");

app.Run();
