namespace MLNetPerson.MLNet.Trainers;

/// <summary>ML.NET's linear binary trainers, which can fit a package's head.</summary>
public enum MLNetTrainer
{
    /// <summary>Logistic regression by L-BFGS: the same objective as this project's own solver. The default.</summary>
    Lbfgs,

    /// <summary>Logistic regression by stochastic dual coordinate ascent: the same objective again.</summary>
    Sdca,

    /// <summary>Logistic regression by stochastic gradient descent.</summary>
    Sgd,

    /// <summary>The averaged perceptron, with hinge loss. Its margins are calibrated afterwards.</summary>
    AveragedPerceptron,

    /// <summary>A linear support vector machine (Pegasos). Its margins are calibrated afterwards.</summary>
    LinearSvm,
}
