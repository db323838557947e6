// Answers the golden pictures of a package, twice: by a classifier of its own and by one that a service collection made from a
// configuration. Exit code 0 where every answer is the one that the package promises, 1 otherwise.
//   dotnet publish tests/MLNetPerson.AotSample -c Release -p:PublishAot=true -o artifacts/aot
//   artifacts/aot/MLNetPerson.AotSample models/person
//   artifacts/aot/MLNetPerson.AotSample models/person-boxes     a detector's package: the highest probability of a box
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
if (ModelPackage.TaskOf(folder) == PackageManifest.DetectionTask)
{
    using var detector = PersonDetector.Load(folder, encoding);
    var boxes = detector.Package.Manifest;
    var off = 0;
    foreach (var golden in boxes.Goldens)
    {
        var promised = golden.Boxes![encoding].Where(box => box.Probability >= boxes.Threshold).Select(box => box.Probability);
        var found = detector.Detect(File.ReadAllBytes(Path.Combine(folder, golden.File)));
        var given = found.Persons.Select(person => (double)person.Probability);
        var same = promised.Count() == given.Count() && promised.Zip(given).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3);
        off += same ? 0 : 1;
        Console.WriteLine($"{golden.File} {given.Count()} persons {(same ? "ok" : "WRONG")}");
    }

    return off == 0 && boxes.Goldens.Length > 0 ? 0 : 1;
}

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
