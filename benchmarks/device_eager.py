"""The steps of the training kernels as anybody would write them in torch, samples and negatives given."""

from __future__ import annotations

import torch
from torch import Tensor


def train_pairs(
    centers: Tensor, contexts: Tensor, heads: Tensor, tails: Tensor, negatives: Tensor, rate: float,
    weight: float,
) -> None:  # fmt: skip
    """Move both tables by the steps of a batch: `heads` and `tails` [batch], `negatives` [batch, drawn]."""
    v, x, y = centers[heads], contexts[tails], contexts[negatives]
    pull = rate * torch.sigmoid(-(v * x).sum(1, keepdim=True))
    push = -rate * weight * torch.sigmoid(torch.einsum("bd,bkd->bk", v, y))
    centers.index_add_(0, heads, pull * x + torch.einsum("bk,bkd->bd", push, y))
    contexts.index_add_(0, tails, pull * v)
    contexts.index_add_(0, negatives.ravel(), (push[:, :, None] * v[:, None, :]).reshape(-1, v.shape[1]))


def train_tiles(
    centers: Tensor, contexts: Tensor, tokens: Tensor, reaches: Tensor, counts: Tensor, negatives: Tensor,
    rate: float, num_negatives: float,
) -> float:  # fmt: skip
    """Move both tables by the steps of some walks, each a tile; return the mean loss of a positive.

    `tokens` and `reaches` int64 [walks, length]; `counts` [walks]; `negatives` int64 [walks, shared].
    """
    place = torch.arange(tokens.shape[1], device=tokens.device)
    held = place < counts[:, None]
    tokens = torch.where(held, tokens, 0)
    apart = (place[:, None] - place[None, :]).abs()
    seen = (apart > 0) & (apart <= reaches[:, :, None]) & held[:, :, None] & held[:, None, :]
    columns = torch.cat([tokens, negatives], 1)
    v, x = centers[tokens], contexts[columns]
    share = num_negatives / negatives.shape[1] * seen.sum(2, keepdim=True).float()
    weight = torch.cat([seen.float(), share.expand(-1, -1, negatives.shape[1])], 2)
    near, far = torch.bmm(v, x.mT).tensor_split([tokens.shape[1]], 2)
    left = torch.minimum(
        _damped(tokens, rate / 4 * torch.bmm(weight, (x * x).sum(2, keepdim=True))),
        _damped(columns, rate / 4 * torch.bmm(weight.mT, (v * v).sum(2, keepdim=True))).mT,
    )
    gradient = rate * left * weight * torch.cat([torch.sigmoid(-near), -torch.sigmoid(far)], 2)
    for table, rows, change in (
        (centers, tokens, torch.bmm(gradient, x)),
        (contexts, columns, torch.bmm(gradient.mT, v)),
    ):
        table.index_add_(0, rows.ravel(), change.reshape(-1, change.shape[2]))
    loss = (
        -(torch.nn.functional.logsigmoid(near) * seen).sum()
        - (share * torch.nn.functional.logsigmoid(-far)).sum()
    )
    return float(loss / seen.sum().clamp(min=1))


def _damped(nodes: Tensor, curvature: Tensor) -> Tensor:
    """What is left of the samples of the nodes of each walk, [walks, nodes, 1]; curvature likewise."""
    same = (nodes[:, :, None] == nodes[:, None, :]).float()
    return 4 / torch.bmm(same, curvature).clamp(min=4)
