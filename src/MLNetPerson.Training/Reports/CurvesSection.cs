namespace MLNetPerson.Training.Reports;

/// <summary>The curves and the slider that links them. Numbers that move are written by the page's script; what stands here is right
/// without one.</summary>
internal static class CurvesSection
{
    public static HtmlBuilder? Of(ReportEvaluation? evaluation)
    {
        if (evaluation is not { Numbers: var numbers })
        {
            return null;
        }

        var counts = numbers.Confusion;
        var html = new HtmlBuilder()
            .Add(
                $"<p>Everything from the threshold up is called a person. Move it, with the mouse or the arrow keys: the counts and the ",
                $"marks on all curves follow. The package’s own is {numbers.Threshold:0.0000}.</p>"
            )
            .Add($"<div class=\"explorer\"><div class=\"panel controls\">")
            .Add($"<label for=\"slider\">Threshold <output id=\"at\" for=\"slider\">{numbers.Threshold:0.000}</output></label>")
            .Add(
                $"<input type=\"range\" id=\"slider\" min=\"0\" max=\"1000\" step=\"1\" value=\"{Math.Round(numbers.Threshold * 1000):0}\" ",
                $"aria-describedby=\"outcome\">"
            )
            .Add($"<button type=\"button\" id=\"reset\">Back to the package’s threshold</button>")
            .Add(
                $"<table class=\"confusion\"><caption>Answers at this threshold</caption><thead><tr><td></td><th scope=\"col\">says ",
                $"person</th><th scope=\"col\">says none</th></tr></thead><tbody>"
            )
            .Add(
                $"<tr><th scope=\"row\">is a person</th><td class=\"right\"><b id=\"tp\">{counts.TruePositive}",
                $"</b><span>found</span></td><td class=\"wrong\"><b id=\"fn\">{counts.FalseNegative}</b><span>missed</span></td></tr>"
            )
            .Add(
                $"<tr><th scope=\"row\">is none</th><td class=\"wrong\"><b id=\"fp\">{counts.FalsePositive}</b><span>false ",
                $"alarms</span></td><td class=\"right\"><b id=\"tn\">{counts.TrueNegative}</b><span>rightly ",
                $"none</span></td></tr></tbody></table>"
            )
            .Add(
                $"<dl class=\"rates\"><dt>Accuracy</dt><dd id=\"accuracy\">{Percent.Of(counts.Accuracy)}</dd><dt>Recall</dt><dd ",
                $"id=\"recall\">{Percent.Of(counts.Recall)}</dd>"
            )
            .Add(
                $"<dt>Precision</dt><dd id=\"precision\">{Percent.Of(counts.Precision)}</dd><dt>False alarms</dt><dd id=\"falseAlarms\">",
                $"{Percent.Of(counts.FalseAlarmRate)}</dd></dl>"
            );
        var sweep = new Evaluation.ThresholdSweep([.. evaluation.Probabilities], [.. evaluation.Labels]);
        if (sweep.At(numbers.Threshold) != counts)
        {
            // Cross-validated: each fold was decided at a threshold of its own.
            html.Add(
                $"<p class=\"note\">Each picture’s own answer was given at a threshold that was chosen without it, so the numbers above ",
                $"differ a little from these.</p>"
            );
        }

        html.Add($"<p id=\"outcome\" class=\"unseen\" role=\"status\"></p></div><div class=\"charts\">");
        Chart(
            html,
            "roc",
            "ROC curve",
            "Persons found against false alarms, over all thresholds. The dotted line is chance.",
            sweep.Persons > 0 && sweep.Others > 0
        );
        Chart(
            html,
            "pr",
            "Precision and recall",
            "How many answers “person” are right, against how many persons are found. The dotted line is calling everything a person.",
            sweep.Persons > 0
        );
        Chart(html, "rates", "By threshold", "What each threshold gives. The upright line is where the slider stands.", true);
        Chart(
            html,
            "calibration",
            "Calibration",
            "Of pictures with about this probability, how many show a person? On the dotted line, as many as was said. Upright bars are 95 "
                + "% intervals, larger dots more pictures.",
            true
        );
        return html.Add($"</div></div>");
    }

    private static void Chart(HtmlBuilder html, string id, string name, string about, bool isPossible)
    {
        html.Add($"<figure class=\"panel\"><h3>{name}</h3>");
        if (isPossible)
        {
            html.Add($"<div class=\"canvas\"><canvas id=\"{id}\" role=\"img\" aria-label=\"{name}. {about}\"></canvas></div>");
        }

        html.Add(
            $"<figcaption>{(isPossible ? about : "It needs pictures of both kinds, with a person and without one.")}</figcaption></figure>"
        );
    }
}
