using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation.Reviews;

namespace MLNetPerson.Training.Tests.Curation;

public sealed class ContactSheetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [SkippableFact]
    public async Task Keys_label_pictures_and_the_export_is_a_dataset()
    {
        await using var page = await HeadlessBrowser.OpenAsync(Write(Sheet(5)));
        Directory.CreateDirectory(_folder["downloads"]);
        await page.DownloadToAsync(_folder["downloads"]);

        foreach (var key in new[] { "p", "n", "s", "p", "u", "u", "n", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "n" })
        {
            await page.PressAsync(key);
        }

        // p n s p: on the fifth; u: back on the fourth, undone; u: back on the third, undone; n: the third is none; then to the first: n.
        Assert.Equal(
            "none,none,none,,",
            (string?)await page.EvaluateAsync("[...document.querySelectorAll('figure')].map(figure => figure.dataset.decision).join()")
        );
        Assert.Equal("3 of 5", (string?)await page.EvaluateAsync("document.getElementById('count').textContent"));
        await page.EvaluateAsync("document.querySelectorAll('figure')[3].querySelector('button').click()");
        await page.EvaluateAsync("document.getElementById('export').click()");

        Assert.Equal(
            "label,file\n0,0.png\n0,1.png\n0,2.png\n1,\"3, \"\"odd\"\".png\"\n",
            await HeadlessBrowser.WaitForAsync(_folder["downloads/labels.csv"])
        );
        Assert.Equal(
            5,
            (int?)
                await page.EvaluateAsync(
                    "[...document.querySelectorAll('img')].filter(image => image.complete && image.naturalWidth > 0).length"
                )
        );
        if (Environment.GetEnvironmentVariable("MLNETPERSON_SCREENSHOTS") is { } screenshots)
        {
            File.WriteAllBytes(Path.Combine(screenshots, "sheet.png"), await page.ScreenshotAsync());
        }
    }

    [SkippableFact]
    public async Task A_review_keeps_what_was_not_decided_and_remembers_the_rest()
    {
        var sheet = Sheet(3) with { Columns = ["accept", "file"], Choices = ContactSheet.Verdicts, KeepUndecided = true };
        await using var page = await HeadlessBrowser.OpenAsync(Write(sheet));

        await page.PressAsync("y");
        await page.PressAsync("n");

        Assert.Equal("accept,file\ny,0.png\nn,1.png\n,2.png\n", (string?)await page.EvaluateAsync("table()"));

        // The browser writes its storage behind the page's back: opened again until it has.
        var count = "";
        for (var reload = 0; reload < 20 && count != "2 of 3"; reload++)
        {
            await page.EvaluateAsync("location.reload()");
            await Task.Delay(500);
            count = (string?)await page.EvaluateAsync("document.getElementById('count')?.textContent ?? ''");
        }

        Assert.Equal("2 of 3", count);
    }

    [SkippableFact]
    public async Task Names_of_files_are_text_and_nothing_else()
    {
        const string Name = "<img src=x onerror=alert(1)></script><script>document.title='broken'</script>&.png";
        var sheet = Sheet(1) with { Items = [new SheetItem(Name, _folder["0.png"], Name, [Name])] };
        await using var page = await HeadlessBrowser.OpenAsync(Write(sheet));

        Assert.Equal(Name, (string?)await page.EvaluateAsync("document.querySelector('figcaption div').textContent"));
        Assert.Equal("Is there a person?", (string?)await page.EvaluateAsync("document.title"));
        Assert.Equal(1, (int?)await page.EvaluateAsync("document.images.length"));
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        var html = Sheet(2).ToHtml();

        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"", html, StringComparison.Ordinal);
        Assert.Equal(html, Sheet(2).ToHtml());
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_shown_as_its_name() =>
        Assert.Contains(
            "\"image\":\"\"",
            (Sheet(1) with { Items = [new SheetItem("gone.png", _folder["gone.png"], "", ["gone.png"])] }).ToHtml()
        );

    public void Dispose() => _folder.Dispose();

    private string Write(ContactSheet sheet) => _folder.Write("sheet.html", sheet.ToHtml());

    private ContactSheet Sheet(int count)
    {
        string Name(int i) => i == 3 ? "3, \"odd\".png" : $"{i}.png";
        for (var i = 0; i < count; i++)
        {
            _folder.Write(Name(i), ImageWriter.EncodePng(CuratedPictures.Drawn(i, i % 3)));
        }

        return new ContactSheet
        {
            Title = "Is there a person?",
            Intro = "Look.",
            File = "labels.csv",
            Columns = ["label", "file"],
            Choices = ContactSheet.Labels,
            Items =
            [
                .. Enumerable.Range(0, count).Select(i => new SheetItem(Name(i), _folder[Name(i)], $"the model says 0.{i}", [Name(i)])),
            ],
        };
    }
}
