using System.Xml.Linq;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Display;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Display;

public sealed class DisplayTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_line_plot_puts_points_where_they_belong()
    {
        var plot = new LinePlot
        {
            Title = "a < b",
            X = "x",
            Y = "y",
            XRange = (0, 10),
            YRange = (-1, 1),
            Mark = 5,
            Series = [new PlotSeries("one", [(0, -1), (10, 1)]), new PlotSeries("dots", [(5, 0), (50, 9)]) { IsDots = true }],
        };

        var svg = XElement.Parse(plot.ToHtml());

        Assert.Equal("a < b", svg.Elements(Svg + "text").First().Value);
        // from the lower left corner to the upper right one
        Assert.Contains(svg.Elements(Svg + "path"), path => (string)path.Attribute("d")! == "M56 254L436 30");
        Assert.Contains(svg.Elements(Svg + "path"), path => (string)path.Attribute("d")! == "M246 30V254"); // the mark, in the middle
        Assert.Equal(
            [("246", "142"), ("436", "30")],
            svg.Descendants(Svg + "circle").Select(circle => ((string)circle.Attribute("cx")!, (string)circle.Attribute("cy")!))
        );
    }

    [Fact]
    public void A_gap_in_the_numbers_is_a_gap_in_the_line() =>
        Assert.Contains(
            XElement
                .Parse(
                    new LinePlot
                    {
                        Title = "t",
                        X = "x",
                        Y = "y",
                        Series = [new PlotSeries("s", [(0, 0), (0.5, double.NaN), (1, 1)])],
                    }.ToHtml()
                )
                .Elements(Svg + "path"),
            path => (string)path.Attribute("d")! == "M56 254M436 30"
        );

    [Fact]
    public void An_axis_without_a_length_is_an_error() =>
        Assert.Equal(
            "Plot 't': an axis must end above its beginning.",
            Assert
                .Throws<InvalidOperationException>(() =>
                    new LinePlot
                    {
                        Title = "t",
                        X = "x",
                        Y = "y",
                        Series = [],
                        XRange = (1, 1),
                    }.ToHtml()
                )
                .Message
        );

    [Fact]
    public void Bars_are_as_long_as_their_values_and_labels_have_room()
    {
        var label = "a label that is longer than most others";
        var svg = XElement.Parse(
            new BarPlot
            {
                Title = "t",
                Full = 1,
                Bars = [new Bar("half", 0.5), new Bar(label, 1, new Interval(0.8, 1)), new Bar("none", double.NaN)],
            }.ToHtml()
        );

        var bars = svg.Elements(Svg + "rect").ToList();
        Assert.Equal(["170", "340", "0"], bars.Select(bar => (string)bar.Attribute("width")!));
        Assert.InRange((int)bars[0].Attribute("x")!, label.Length * 6, label.Length * 8);
        Assert.Single(svg.Elements(Svg + "path"));
        Assert.Contains(svg.Elements(Svg + "text"), text => text.Value == "0.50");
    }

    [Fact]
    public void A_table_is_the_same_in_every_culture_and_lets_no_markup_through()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
        try
        {
            Assert.Contains(
                "<td style=\"text-align:left\">0.1235</td><td style=\"text-align:left\">&lt;b&gt;</td><td style=\"text-align:left\"></td>",
                HtmlTable.Of(
                    ["a", "b", "c"],
                    [
                        [0.12345, "<b>", null],
                    ]
                )
            );
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }

        Assert.StartsWith(
            "A row has 1 cells, the table 2 columns.",
            Assert
                .Throws<ArgumentException>(() =>
                    HtmlTable.Of(
                        ["a", "b"],
                        [
                            ["x"],
                        ]
                    )
                )
                .Message
        );
    }

    [Fact]
    public void Photographs_can_be_told_from_drawings_and_bad_pictures_are_said()
    {
        using var folder = new TempFolder();
        var picture = folder.Write("a.png", ImageWriter.EncodePng(TestImages.Corners(400, 300)));
        var bad = folder.Write("b.png", "text");

        var photographs = PictureStrip.Photographs([new ShownPicture(picture, "a & b", "#009e73"), new ShownPicture(bad, "bad")]);
        var drawings = PictureStrip.Drawings([new ShownPicture(picture, "a")]);

        Assert.Contains(
            "<img data-photograph=\"a.png\" alt=\"\" style=\"border:4px solid #009e73\" src=\"data:image/jpeg;base64,",
            photographs
        );
        Assert.Contains("a &amp; b", photographs);
        Assert.Contains("this is text, not a picture", photographs);
        Assert.DoesNotContain("data-photograph", drawings);
        var shown = new ImageReader().Read(Convert.FromBase64String(drawings.Split("base64,")[1].Split('"')[0]));
        Assert.Equal((150, 112), (shown.Width, shown.Height));
    }
}
