#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/parity/data/evaluation.safetensors: what scikit-learn, SciPy and NumPy say of small sets of features.

    python tests/parity/make_evaluation_golden.py

Needs numpy, scipy, scikit-learn and safetensors from PyPI. Cases of classifiers hold NAME.features [n, d], NAME.weights [c, d], NAME.truth [n] and
NAME.figures [7]: top-1, top-5, balanced accuracy, worst class, macro F1, expected calibration error, log loss. Of equal scores the first class is the
answer; rows that are no numbers have no answer (-1), confidence 0 and a log loss of 1000.
"""
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score, top_k_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

DATA = Path(__file__).resolve().parent / "data"
SCALE = 20.0
GAMMA = np.uint64(0x9E3779B97F4A7C15)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def calibration_error(confidence, right, bins=15):
    edges = np.linspace(0, 1, bins + 1)
    error = 0.0
    for k in range(bins):
        inside = (confidence > edges[k]) & (confidence <= edges[k + 1])
        if k == 0:
            inside |= confidence == 0
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return error


def figures(features, weights, truth):
    classes = len(weights)
    with np.errstate(invalid="ignore"):
        logits = SCALE * features.astype(np.float64) @ weights.astype(np.float64).T
    known = np.isfinite(logits).all(axis=1)
    logits[~known] = 0
    predicted = np.where(known, np.round(logits, 5).argmax(axis=1), -1)
    probability = softmax(logits, axis=1)
    confidence = np.where(known, probability.max(axis=1), 0)
    if known.all():
        top5 = top_k_accuracy_score(truth, np.round(logits, 5) - 1e-9 * np.arange(classes), k=5, labels=range(classes))
    else:
        order = np.argsort(-logits, axis=1, kind="stable")[:, :5]
        top5 = float(np.mean([known[i] and truth[i] in order[i] for i in range(len(truth))]))
    used = sorted(set(truth) | set(predicted[predicted >= 0]))
    recalls = recall_score(truth, predicted, labels=sorted(set(truth)), average=None, zero_division=0)
    surprise = np.where(known, logsumexp(logits, axis=1) - logits[np.arange(len(truth)), truth], 1000)
    balanced = balanced_accuracy_score(truth, predicted) if known.all() else recalls.mean()
    return np.array([
        accuracy_score(truth, predicted), top5, balanced, recalls.min(),
        f1_score(truth, predicted, labels=used, average="macro", zero_division=0),
        calibration_error(confidence, (predicted == truth).astype(float)), surprise.mean(),
    ])


def classifier_case(random, n, classes, noise, nan_rows=0, tied=False, skip=None):
    centres = random.normal(size=(classes, 24))
    truth = random.integers(0, classes, size=n)
    if skip is not None:
        truth[truth == skip] = (skip + 1) % classes
    features = unit(centres[truth] + noise * random.normal(size=(n, 24)))
    weights = unit(centres + 0.3 * random.normal(size=centres.shape))
    if tied:
        weights[1] = weights[0]
        weights[5] = weights[4]
    features[random.permutation(n)[:nan_rows]] = np.nan
    return {"features": features, "weights": weights, "truth": truth.astype(np.int64), "figures": figures(features, weights, truth)}


def temperature(features, weights, truth):
    cosines = features.astype(np.float64) @ weights.astype(np.float64).T
    own = cosines[np.arange(len(truth)), truth]
    loss = lambda log_scale: np.mean(logsumexp(np.exp(log_scale) * cosines, axis=1) - np.exp(log_scale) * own)
    best = minimize_scalar(loss, bounds=(0, np.log(10000)), method="bounded", options={"xatol": 1e-10})
    return 1 / np.exp(best.x)


def logistic_case(random):
    centres = random.normal(size=(4, 12))
    labels = random.integers(0, 4, size=300)
    features = unit(centres[labels] + 2.0 * random.normal(size=(300, 12)))
    cs = np.array([0.01, 1.0, 100.0])
    objectives, probabilities = [], []
    for c in cs:
        fit = LogisticRegression(C=c, tol=1e-10, max_iter=20000).fit(features.astype(np.float64), labels)
        logits = fit.decision_function(features.astype(np.float64))
        loss = np.mean(logsumexp(logits, axis=1) - logits[np.arange(300), labels])
        objectives.append(loss + np.sum(fit.coef_ ** 2) / (2 * c * 300))
        probabilities.append(softmax(logits, axis=1))
    return {"features": features, "labels": labels.astype(np.int64), "c": cs, "objective": np.array(objectives), "probability": np.stack(probabilities)}


def neighbours_case(random):
    centres = random.normal(size=(6, 16))
    labels, truth = random.integers(0, 6, size=200), random.integers(0, 6, size=80)
    known = unit(centres[labels] + 2.5 * random.normal(size=(200, 16)))
    features = unit(centres[truth] + 2.5 * random.normal(size=(80, 16)))
    fit = KNeighborsClassifier(n_neighbors=8, metric="cosine", algorithm="brute").fit(known, labels)
    return {"features": features, "truth": truth.astype(np.int64), "known": known, "labels": labels.astype(np.int64),
            "predicted": fit.predict(features).astype(np.int64)}


def mixed(x):
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def resample(seed, draw, n):
    """How often each of n items is drawn, as engine/evaluation/resampling.h says it."""
    with np.errstate(over="ignore"):
        state = mixed(mixed(np.uint64(seed) + GAMMA) ^ np.uint64(draw))
        numbers = mixed(state + GAMMA * np.arange(1, n + 1, dtype=np.uint64))
    return np.bincount(((numbers >> np.uint64(32)) * np.uint64(n) >> np.uint64(32)).astype(np.int64), minlength=n)


def bootstrap_case(random):
    hits = (random.random(60) < 0.7).astype(np.float64)
    counts = np.stack([resample(7, draw, 60) for draw in range(400)])
    shares = counts @ hits / 60
    return {"hits": hits, "counts": counts[:3].astype(np.int64), "interval": np.quantile(shares, [0.025, 0.975])}


def tests_case():
    pairs = np.array([[0, 0], [1, 0], [5, 3], [12, 2], [40, 70], [900, 1000], [0, 30]], dtype=np.int64)
    p = [binomtest(int(min(a, b)), int(a + b)).pvalue if a + b else 1.0 for a, b in pairs]
    counts = np.array([[0, 10], [3, 10], [10, 10], [450, 500]], dtype=np.int64)
    wilson = [list(binomtest(int(k), int(n)).proportion_ci(method="wilson")) for k, n in counts]
    return {"pairs": pairs, "p": np.array(p), "counts": counts, "wilson": np.array(wilson)}


def main():
    random = np.random.default_rng(20)
    cases = {
        "ten": classifier_case(random, 300, 10, 1.6),
        "four": classifier_case(random, 60, 4, 2.2),
        "tied": classifier_case(random, 200, 7, 1.2, tied=True),
        "empty": classifier_case(random, 120, 6, 1.5, skip=3),
        "nan": classifier_case(random, 150, 8, 1.4, nan_rows=9),
        "logistic": logistic_case(random),
        "neighbours": neighbours_case(random),
        "bootstrap": bootstrap_case(random),
        "tests": tests_case(),
    }
    cases["four"]["figures"][1] = np.nan  # fewer than five classes
    ten = cases["ten"]
    ten["temperature"] = np.array([temperature(ten["features"], ten["weights"], ten["truth"])])
    save_file({f"{name}.{key}": value for name, parts in cases.items() for key, value in parts.items()}, DATA / "evaluation.safetensors")
    for name, parts in cases.items():
        if "figures" in parts:
            print(f"{name:8}", " ".join(f"{value:.4f}" for value in parts["figures"]))
    print("temperature", ten["temperature"], "interval", cases["bootstrap"]["interval"], "objectives", cases["logistic"]["objective"])


if __name__ == "__main__":
    main()
