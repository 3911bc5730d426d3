"""Micro- and macro-F1 and the top-k rule from their definitions, by plain loops."""


def f1(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def micro_macro_f1(truth, predicted):
    """`truth` and `predicted`: lists of rows of 0 and 1."""
    num_labels = len(truth[0])
    counts = [[0, 0, 0] for _ in range(num_labels)]
    for true_row, predicted_row in zip(truth, predicted, strict=True):
        for label in range(num_labels):
            if true_row[label] and predicted_row[label]:
                counts[label][0] += 1
            elif predicted_row[label]:
                counts[label][1] += 1
            elif true_row[label]:
                counts[label][2] += 1
    micro = f1(*(sum(count[part] for count in counts) for part in range(3)))
    return micro, sum(f1(*count) for count in counts) / num_labels


def highest_scores(scores, counts):
    """The `counts[i]` highest scores of row i as rows of 0 and 1; of equal scores the first."""
    predicted = []
    for row, count in zip(scores, counts, strict=True):
        best = sorted(range(len(row)), key=lambda label: (-row[label], label))[:count]
        predicted.append([int(label in best) for label in range(len(row))])
    return predicted
