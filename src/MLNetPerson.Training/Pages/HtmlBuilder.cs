using System.Globalization;
using System.Net;
using System.Text;

namespace MLNetPerson.Training.Pages;

/// <summary>Writes HTML from interpolated strings: the text between is markup, every value in braces is data and is escaped.</summary>
internal sealed class HtmlBuilder
{
    private static readonly Escaping Format = new();
    private readonly StringBuilder _html = new();

    /// <summary>Adds one line of markup, in parts; numbers are written the same in every culture.</summary>
    public HtmlBuilder Add(params FormattableString[] markup)
    {
        foreach (var part in markup)
        {
            _html.AppendFormat(Format, part.Format, part.GetArguments());
        }

        _html.Append('\n');
        return this;
    }

    /// <summary>Adds markup that another builder made.</summary>
    public HtmlBuilder Add(HtmlBuilder part)
    {
        _html.Append(part._html);
        return this;
    }

    /// <summary>Adds a drawing of the room Display, which escapes its own words.</summary>
    public HtmlBuilder AddDrawing(string svg)
    {
        _html.Append(svg).Append('\n');
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _html.ToString();

    private sealed class Escaping : IFormatProvider, ICustomFormatter
    {
        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) =>
            WebUtility.HtmlEncode(
                arg is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : arg?.ToString() ?? ""
            );
    }
}
