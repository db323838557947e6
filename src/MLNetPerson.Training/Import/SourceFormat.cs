namespace MLNetPerson.Training.Import;

/// <summary>How a source describes its pictures.</summary>
public enum SourceFormat
{
    /// <summary>Class folders: person/ against none/.</summary>
    Folders,

    /// <summary>A CSV with file and label, or file and person_boxes.</summary>
    Csv,

    /// <summary>COCO's instances JSON.</summary>
    Coco,

    /// <summary>PASCAL VOC: a folder of XML files.</summary>
    Voc,

    /// <summary>YOLO: a folder with images/ and labels/.</summary>
    Yolo,

    /// <summary>Open Images' box CSV.</summary>
    OpenImages,

    /// <summary>WiderPerson: a folder with Images/ and Annotations/.</summary>
    WiderPerson,

    /// <summary>Label Studio's JSON or JSON-MIN.</summary>
    LabelStudio,

    /// <summary>"CVAT for images 1.1": one XML file.</summary>
    Cvat,

    /// <summary>Supervisely: a folder with meta.json and, per dataset, img/ and ann/.</summary>
    Supervisely,

    /// <summary>FiftyOne's own formats: samples.json, or labels.json with classes and labels.</summary>
    FiftyOne,

    /// <summary>Hugging Face's imagefolder: metadata.csv or metadata.jsonl beside the pictures.</summary>
    ImageFolder,

    /// <summary>Parquet files with a column of pictures, as Hugging Face's datasets are stored.</summary>
    Parquet,
}
