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
    rate: float, num_negatives: float, factors: Tensor | None = None,
) -> float:  # fmt: skip
    """Move both tables by the steps of some walks, each a tile; return the mean loss of a positive.

    `tokens` and `reaches` int64 [walks, length]; `counts` [walks]; `negatives` int64 [walks, shared];
    `factors` float32 [num_nodes] multiply the steps of rows.
    """
    place = torch.arange(tokens.shape[1], device=tokens.device)
    held = place < counts[:, None]
    tokens = torch.where(held, tokens, 0)
    apart = (place[:, None] - place[None, :]).abs()
    seen = (apart > 0) & (apart <= reaches[:, :, None]) & held[:, :, None] & held[:, None, :]
    v, x, y = centers[tokens], contexts[tokens], contexts[negatives]
    weight = num_negatives / negatives.shape[1] * seen.sum(2, keepdim=True).float()
    near, far = torch.bmm(v, x.mT), torch.bmm(v, y.mT)
    pull, push = torch.where(seen, torch.sigmoid(-near), 0.0), -weight * torch.sigmoid(far)
    of_v, of_x, of_y = ((rows * rows).sum(2, keepdim=True) for rows in (v, x, y))
    along_v = torch.bmm(seen.float(), of_x) + weight * of_y.sum(1, keepdim=True)
    along_x, along_y = torch.bmm(seen.float().mT, of_v), (weight * of_v).sum(1, keepdim=True)
    for table, rows, change, along in (
        (centers, tokens, torch.bmm(pull, x) + torch.bmm(push, y), along_v),
        (contexts, tokens, torch.bmm(pull.mT, v), along_x),
        (contexts, negatives, torch.bmm(push.mT, v), along_y),
    ):  # fmt: skip
        change *= rate / (rate / 8 * along).clamp(min=1.0)
        if factors is not None:
            change *= factors[rows][:, :, None]
        table.index_add_(0, rows.ravel(), change.reshape(-1, change.shape[2]))
    loss = (
        -(torch.nn.functional.logsigmoid(near) * seen).sum()
        - (weight * torch.nn.functional.logsigmoid(-far)).sum()
    )
    return float(loss / seen.sum().clamp(min=1))
