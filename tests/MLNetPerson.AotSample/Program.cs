// Answers the golden pictures of a package, twice: by a classifier of its own and by one that a service collection made from a
// configuration. Exit code 0 where every answer is the one that the package promises, 1 otherwise.
//   dotnet publish tests/MLNetPerson.AotSample -c Release -p:PublishAot=true -o artifacts/aot
//   artifacts/aot/MLNetPerson.AotSample models/person
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MLNetPerson;
using MLNetPerson.Hosting;
using MLNetPerson.Packaging;

if (args is not [var folder])
{
    Console.Error.WriteLine("One argument: the folder of a package, e.g. models/person.");
    return 1;
}

var encoding = PackageEncoding.Float32;
var configuration = new ConfigurationBuilder()
    .AddInMemoryCollection([new("Package", folder), new("Encoding", encoding), new("Workers", "1")])
    .Build();
using var services = new ServiceCollection().AddPersonClassifier(configuration).BuildServiceProvider();
var served = services.GetRequiredService<IPersonClassifier>();
using var classifier = PersonClassifier.Load(folder, encoding);

var manifest = classifier.Package.Manifest;
var tolerance = manifest.Encodings.Single(candidate => candidate.Name == encoding).Tolerance;
var wrong = 0;
foreach (var golden in manifest.Goldens)
{
    var picture = File.ReadAllBytes(Path.Combine(folder, golden.File));
    var promised = golden.Probabilities[encoding];
    var alone = classifier.Predict(picture).Probability;
    var asService = (await served.PredictAsync(new MemoryStream(picture))).Probability;
    var good = Math.Abs(alone - promised) <= tolerance && Math.Abs(asService - promised) <= tolerance;
    wrong += good ? 0 : 1;
    Console.WriteLine(
        $"{golden.File} promised {promised:0.0000} classifier {alone:0.0000} service {asService:0.0000} {(good ? "ok" : "WRONG")}"
    );
}

Console.WriteLine(
    $"{manifest.Goldens.Length - wrong} of {manifest.Goldens.Length} answers as promised; "
        + $"{(RuntimeFeature.IsDynamicCodeSupported ? "compiled at run time" : "compiled ahead of time")}"
);
return wrong == 0 && manifest.Goldens.Length > 0 ? 0 : 1;
