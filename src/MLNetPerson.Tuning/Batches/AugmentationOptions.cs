using System.Globalization;

namespace MLNetPerson.Tuning.Batches;

/// <summary>
/// How training pictures are varied. Probabilities are per picture. The defaults are the ready recipes'; crops are mild, because strong
/// ones (35 % of the area) were measured to cost accuracy where persons are small (models/results/tuning.csv).
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>Nothing is changed: every picture as in prediction.</summary>
    public static AugmentationOptions None { get; } =
        new()
        {
            Flip = 0,
            SmallestCrop = 1,
            LargestAspect = 1,
            ZoomOut = 0,
            Brightness = 0,
            Contrast = 0,
            Saturation = 0,
            Grey = 0,
            Infrared = 0,
            LowLight = 0,
            Blur = 0,
            Jpeg = 0,
            Erase = 0,
            Mixup = 0,
        };

    /// <summary>Probability of mirroring left and right. Range [0, 1]. A. Krizhevsky et al., ImageNet classification with deep
    /// convolutional neural networks, 2012, section 4.1.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>Smallest share of the picture's area that a crop keeps; the share is uniform from here to 1. Range (0, 1]. C. Szegedy et
    /// al., Going deeper with convolutions, CVPR 2015, section 6 (there 0.08).</summary>
    public double SmallestCrop { get; init; } = 0.65;

    /// <summary>Largest change of the ratio of width to height by a crop; log-uniform from 1 / this to this. Range [1, 4]. Szegedy et al.,
    /// ibid. (4/3).</summary>
    public double LargestAspect { get; init; } = 4.0 / 3;

    /// <summary>Probability of shrinking the whole picture onto a grey field, instead of a crop: persons become smaller. Range [0, 1]. W.
    /// Liu et al., SSD: Single shot multibox detector, ECCV 2016, section 3.6.</summary>
    public double ZoomOut { get; init; } = 0.25;

    /// <summary>Smallest side, as a share of the input's, that a zoomed-out picture keeps. Range [0.25, 1].</summary>
    public double SmallestZoom { get; init; } = 0.5;

    /// <summary>Largest relative change of brightness. Range [0, 1). A. Howard, Some improvements on deep convolutional neural network
    /// based image classification, 2013, section 2.</summary>
    public double Brightness { get; init; } = 0.25;

    /// <summary>Largest relative change of contrast around the picture's mean. Range [0, 1). Howard, ibid.</summary>
    public double Contrast { get; init; } = 0.25;

    /// <summary>Largest relative change of saturation. Range [0, 1]. Howard, ibid.</summary>
    public double Saturation { get; init; } = 0.3;

    /// <summary>Probability of a grey picture. Range [0, 1]. T. Chen et al., A simple framework for contrastive learning of visual
    /// representations, ICML 2020, appendix A (0.2).</summary>
    public double Grey { get; init; } = 0.05;

    /// <summary>Probability of a picture as a camera with an infrared lamp gives it: grey, red-heavy, bright in the middle, dark at the
    /// border, noisy. Range [0, 1]. Wanted because detectors miss walkers under infrared (Frigate's issues 67 and 14157).</summary>
    public double Infrared { get; init; } = 0.03;

    /// <summary>Probability of a dark picture with sensor noise. Range [0, 1]. D. Hendrycks and T. Dietterich, Benchmarking neural network
    /// robustness to common corruptions and perturbations, ICLR 2019, section 4 (brightness, shot noise).</summary>
    public double LowLight { get; init; } = 0.04;

    /// <summary>Probability of a blur of one or two pixels. Range [0, 1]. Hendrycks and Dietterich, ibid.; C. Banbury et al., Wake Vision,
    /// 2024, section 4.</summary>
    public double Blur { get; init; } = 0.05;

    /// <summary>Probability of encoding as JPEG again, quality 30 to 80. Range [0, 1]. Hendrycks and Dietterich, ibid.</summary>
    public double Jpeg { get; init; } = 0.1;

    /// <summary>Probability of a rectangle of 2 to 15 % of the area filled with grey, never over most of a known person. Range [0, 1]. Z.
    /// Zhong et al., Random erasing data augmentation, AAAI 2020 (0.5, up to 40 %).</summary>
    public double Erase { get; init; } = 0.1;

    /// <summary>α of the Beta distribution of mixing two pictures of a batch; 0 mixes none. Range [0, 2]. H. Zhang et al., mixup: Beyond
    /// empirical risk minimization, ICLR 2018, section 3.</summary>
    public double Mixup { get; init; }

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        foreach (
            var (name, value) in new[]
            {
                ("flip", Flip),
                ("zoomOut", ZoomOut),
                ("grey", Grey),
                ("infrared", Infrared),
                ("lowLight", LowLight),
                ("blur", Blur),
                ("jpeg", Jpeg),
                ("erase", Erase),
                ("saturation", Saturation),
            }
        )
        {
            Check(name, value, 0, 1);
        }

        Check("brightness", Brightness, 0, 0.99);
        Check("contrast", Contrast, 0, 0.99);
        Check("smallestCrop", SmallestCrop, 0.05, 1);
        Check("largestAspect", LargestAspect, 1, 4);
        Check("smallestZoom", SmallestZoom, 0.25, 1);
        Check("mixup", Mixup, 0, 2);
        return faults.Count == 0 ? null : string.Join("; ", faults);

        void Check(string name, double value, double low, double high)
        {
            if (!(value >= low && value <= high))
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"'augmentation.{name}' is {value}, outside {low} to {high}"));
            }
        }
    }
}
