using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Bundles;

/// <summary>Writes a bundle's README.md: for people who write a runtime in any language and know nothing else of this project.</summary>
internal static class BundleReadme
{
    private static readonly string[] Running =
    [
        "Read `bundle.json`. Refuse a `schemaVersion` other than 1; ignore properties that you do not know.",
        "Check `files`: each `path` (below this folder, with forward slashes) must have `bytes` bytes and the SHA-256 given.",
        "Choose a model: the one of `encodings` whose `name` is `recommended.encoding`, unless you have reasons of your own. Load its "
            + "`file` with ONNX Runtime 1.17 or later (`session.intra_op` threads as you like; no other option is needed). Set the "
            + "variables of `environment` (`ORT_DISABLE_TELEMETRY=1`) in the process's environment before ONNX Runtime is loaded: from "
            + "1.29 on it writes a device identifier and events below `~/.cache/Microsoft` and looks up a collector otherwise.",
        "Decode a picture to 8-bit sRGB, upright (Exif orientation applied), transparency composited onto white, embedded colour profiles "
            + "converted to sRGB. A camera's frame: RGB, not BGR, and not YUV.",
        "Resize it to `input.width` × `input.height` as described below.",
        "Feed the tensor `input.tensor`: **uint8 [1, height, width, 3]**, rows from the top, red, green, blue, 0 to 255. Do **not** "
            + "subtract means, divide by 255 or convert to float: that is inside the model.",
        "Read the tensor `output.tensor`: float32 [1, 1], the probability of a person. It is calibrated: no sigmoid, no softmax.",
        "There is a person where the probability, as a float32, is at least `threshold` (as a float32).",
    ];

    public static string Write(BundleManifest bundle, BundleTarget target, PackageManifest package)
    {
        var text = new StringBuilder();
        void Line(params FormattableString[] parts) => text.AppendJoin("", parts.Select(FormattableString.Invariant)).Append('\n');

        Line($"# {bundle.Package.Name} for {target.Name}");
        Line($"");
        Line(
            $"Answers one question about a picture: is there a person in it? This folder is all that a program in any language needs to ",
            $"run the model on a device, and to prove that it runs it rightly. For {target.Description}. Written by ",
            $"{bundle.CreatedBy}; what the model was trained on, how well it does and where it must not be used stands in ",
            $"`package/card.md`."
        );
        Line($"");
        Line($"    bundle.json          all that a program needs to know; every other file with its size and SHA-256");
        Line($"    package/             the models (`model*.onnx`), the manifest they came with, golden pictures");
        Line($"    selftest/decoding/   encoded pictures, and as .rgb the tensors that they must become");
        Line($"    selftest/inference/  tensors whose answers are known");
        Line($"    selftest.js          tests a runtime in any language; runs the models itself where Node and onnxruntime-node are there");
        Line($"");
        Line($"## Running a model");
        Line($"");
        foreach (var (index, step) in Running.Index())
        {
            Line($"{index + 1}. {step}");
        }

        Line($"");
        Line(
            $"Here that means: {bundle.Input.Tensor} uint8 [1, {bundle.Input.Height}, {bundle.Input.Width}, 3] → {bundle.Output.Tensor} ",
            $"float32 [1, 1]; a person from {bundle.Threshold:R} on; recommended `{bundle.Recommended.Encoding}` (",
            $"{bundle.Recommended.Reason})."
        );
        Line($"");
        WriteResizing(Line, bundle.Input);
        WriteTests(Line, bundle);
        WriteEncodings(Line, bundle, package);
        WriteEstimates(Line, bundle);
        return text.ToString();
    }

    private static void WriteResizing(LineWriter line, PackageInput input)
    {
        line($"## Resizing");
        line($"");
        line(
            $"With w × h the upright picture and W × H = {input.Width} × {input.Height} the input, `input.resize` is `",
            $"{char.ToLowerInvariant(input.Resize.ToString()[0])}{input.Resize.ToString()[1..]}`:"
        );
        line($"");
        line($"{Explain(input.Resize)}");
        line($"");
        line(
            $"The filter is a triangle that widens when a picture shrinks, so that every pixel counts (Pillow's `resize(size, ",
            $"Image.BILINEAR)` does the same to the byte; plain bilinear sampling of a large picture does not, and costs accuracy). ",
            $"First along rows, then along columns, rounded to whole levels after each. For an output position i along an axis ",
            $"that shrinks or grows from n to m positions:"
        );
        line($"");
        line($"    scale  = n / m                  centre = (i + 0.5) · scale        reach = max(scale, 1)");
        line($"    first  = max(0, floor(centre − reach + 0.5))                      end   = min(n, floor(centre + reach + 0.5))");
        line(
            $"    weight of input position j, first ≤ j < end:  max(0, 1 − |j + 0.5 − centre| / reach), divided by the sum of all these ",
            $"weights"
        );
        line($"    level  = floor(sum over j of weight · level of j, + 0.5)");
        line($"");
        line(
            $"Sums that end in exactly one half are common here, and rounding errors decide them. To agree to the byte, use whole numbers ",
            $"as Pillow does: weights floor(weight · 2²² + 0.5), and level = (sum + 2²¹) >> 22, cut off to 0 to 255. Without, one ",
            $"byte in a hundred is off by 1, which is well within what the tests allow."
        );
        line($"");
        line($"A JPEG at least four times as large as the input may be halved while decoding as long as it stays at least twice as large.");
        line($"");
    }

    private static string Explain(ResizeKind kind) =>
        kind switch
        {
            ResizeKind.Squash => "Both sides are scaled to fit; the aspect ratio is not kept, nothing is cut off.",
            ResizeKind.Pad =>
                "Fit inside, centred, the rest filled with 128. If w·H > h·W, the width is W and the height round(W·h/w), else the height "
                    + "is H and the width round(H·w/h); halves round up, at least 1; left and top are half of what is left over, rounded "
                    + "down.",
            _ => "Cut the largest centred part of shape W : H (if w·H > h·W, width round(h·W/H) of the full height, else height "
                + "round(w·H/W) of the full width; left and top rounded down), then scale both sides to fit.",
        };

    private static void WriteTests(LineWriter line, BundleManifest bundle)
    {
        line($"## Testing a runtime");
        line($"");
        line(
            $"Decoding and inference are tested apart, so that a fault shows where it is. All tests are listed in `bundle.json` below ",
            $"`selfTest`."
        );
        line($"");
        line(
            $"**Inference.** For each entry of `selfTest.inference` read `tensor`: a raw file of height · width · 3 bytes, exactly what ",
            $"step 6 feeds. Run it through each model. The probability must lie within the encoding's `tolerance` of ",
            $"`expected.ENCODING.probability`, and the decision of step 8 must be `expected.ENCODING.decision`, unless that is ",
            $"`either` (the threshold lies within the tolerance). `picture` is the same as a PNG of the input's own size."
        );
        line($"");
        line(
            $"**Decoding.** For each entry of `selfTest.decoding` take `picture` through steps 4 and 5, and compare your bytes with those ",
            $"of `tensor`: the mean of |yours − expected| over all of them may be up to `meanDifference`. `tests` says what goes ",
            $"wrong where it is larger. The filter above in whole numbers gives `resize.rgb` to the byte; JPEG decoders differ ",
            $"among each other by half a level or so."
        );
        line($"");
        line($"The checks, ready made (Node 16 or later; exit code 0 where all is right):");
        line($"");
        line(
            $"    node selftest.js                          # files, and every model by onnxruntime-node (npm install onnxruntime-node, ",
            $"here or above)"
        );
        line(
            $"    node selftest.js --answers answers.txt    # files, and what your own runtime answered: a line \"ENCODING TEST ",
            $"PROBABILITY\" for each"
        );
        line(
            $"    node selftest.js --decoded folder         # files, and what your own decoder made: folder/TEST.rgb, height · width · 3 ",
            $"bytes, for each test of decoding"
        );
        line($"");
        line($"| What you see | What it usually is |");
        line($"|---|---|");
        line(
            $"| All answers far off, decoding right | normalised outside the model, float fed for uint8, planes (NCHW) fed for ",
            $"interleaved pixels, or a sigmoid too many |"
        );
        line(
            $"| Files below `~/.cache/Microsoft/DeveloperTools/.onnxruntime`, look-ups on the network | `environment` of `bundle.json` ",
            $"was ",
            $"not set, or was set after ONNX Runtime started |"
        );
        line($"| Decoding off by 20 levels and more | red and blue swapped, or the picture not turned upright |");
        line(
            $"| Decoding off by 6 levels and more | resized without antialiasing, or cropped where it should be squashed (or the other ",
            $"way round) |"
        );
        line(
            $"| `resize` off by 2 levels | averaged over a box (OpenCV's `INTER_AREA`) and not by the triangle: answers move a little, so ",
            $"measure with it before you rely on it |"
        );
        line(
            $"| `int8` far off, `float32` right | an x86 processor without VNNI: its sums of 8-bit products overflow. Use `int8-portable` ",
            $"there, or set the session option `session.x64quantprecision` to `1`, which is exact and slower. ARM is exact |"
        );
        line(
            $"| Answers off by more than the tolerance in the third digit | another version of the model: compare ",
            $"`package.manifestSha256` |"
        );
        line($"");
    }

    private static void WriteEncodings(LineWriter line, BundleManifest bundle, PackageManifest package)
    {
        line($"## Models");
        line($"");
        line(
            $"The same function in different numbers, same input, same output; {package.Backbone.Macs / 1e6:0} million ",
            $"multiply-accumulates a picture."
        );
        line($"");
        line($"| Encoding | File | MB | Tolerance |");
        line($"|---|---|---|---|");
        foreach (var encoding in bundle.Encodings)
        {
            line(
                $"| `{encoding.Name}`{(encoding.Name == bundle.Recommended.Encoding ? " (recommended)" : "")} | `{encoding.File}` | ",
                $"{encoding.Bytes / 1e6:0.00} | {encoding.Tolerance} |"
            );
        }

        line($"");
        line(
            $"Integers may be rounded another way on another processor where two tensors are added or averaged, and a step goes on ",
            $"through the layers: hence their larger tolerance."
        );
        line($"");
    }

    private static void WriteEstimates(LineWriter line, BundleManifest bundle)
    {
        line($"## How fast: an estimate");
        line($"");
        line($"{bundle.Estimates.Method}");
        line($"");
        line($"| Board | Encoding | ESTIMATED ms a picture | ESTIMATED pictures a second |");
        line($"|---|---|---|---|");
        foreach (var estimate in bundle.Estimates.Boards)
        {
            line(
                $"| {estimate.Title} | `{estimate.Encoding}` | {estimate.LowMilliseconds:0.0} to {estimate.HighMilliseconds:0.0} | ",
                $"{estimate.LowPerSecond:0} to {estimate.HighPerSecond:0} |"
            );
        }

        line($"");
        line($"To replace it by a measurement, on the device itself (the second where .NET 10 and this project's command line are there):");
        line($"");
        foreach (var command in bundle.Estimates.Measure)
        {
            line($"    {command}");
        }

        line($"The published rates:");
        line($"");
        foreach (var source in bundle.Estimates.Sources)
        {
            line($"- {source}");
        }
    }

    private delegate void LineWriter(params FormattableString[] parts);
}
