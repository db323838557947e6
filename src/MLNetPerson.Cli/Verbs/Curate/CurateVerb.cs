using System.CommandLine;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate …</c>: from what lies around to a dataset that one can defend.</summary>
internal static class CurateVerb
{
    public static Command Create() =>
        new(
            "curate",
            "Make a dataset one can defend: import, check, review, split, describe, and choose what to label next.\n\nExample: mlnetperson "
                + "curate check pictures/labels.csv --out findings"
        )
        {
            CurateImportVerb.Create(),
            CurateCheckVerb.Create(),
            CurateApplyVerb.Create(),
            CurateSplitVerb.Create(),
            CurateCardVerb.Create(),
            CurateNextVerb.Create(),
        };
}
