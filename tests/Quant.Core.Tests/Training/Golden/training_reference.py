"""Writes training.json: targets, losses and gradients of CenterPoint and LSQ, computed by PyTorch's autograd from the papers' formulas.

    python3 training_reference.py > training.json
"""
import json
import math
import torch

torch.manual_seed(7)
EPS = 1e-4


def radius(h, w, o):
    s, a = h + w, h * w
    r1 = (s + math.sqrt(s * s - 4 * a * (1 - o) / (1 + o))) / 2
    r2 = (2 * s + math.sqrt(4 * s * s - 16 * (1 - o) * a)) / 2
    b = -2 * o * s
    r3 = (b + math.sqrt(b * b - 16 * o * (o - 1) * a)) / 2
    return min(r1, r2, r3)


def gaussian(h, w, cx, cy, r):
    ys, xs = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    sigma = (2 * r + 1) / 6
    g = torch.exp(-((xs - cx) ** 2 + (ys - cy) ** 2).double() / (2 * sigma * sigma))
    g[(xs - cx).abs() > r] = 0
    g[(ys - cy).abs() > r] = 0
    return g


def focal(logit, target):
    p = torch.sigmoid(logit).clamp(EPS, 1 - EPS)
    pos = target.eq(1).double()
    loss = -torch.log(p + EPS) * (1 - p) ** 2 * pos - torch.log(1 - p + EPS) * p ** 2 * (1 - target) ** 4 * (1 - pos)
    return loss.sum() / max(pos.sum().item(), 1)


B, C, H, W = 2, 2, 5, 6
maps = {n: torch.randn(B, c, H, W, dtype=torch.float64, requires_grad=True) for n, c in [("heatmap", C), ("reg", 2), ("height", 1), ("dim", 3), ("rot", 2), ("vel", 2)]}
heat = torch.zeros(B, C, H, W, dtype=torch.float64)
heat[0, 0] = torch.maximum(gaussian(H, W, 2, 1, 2), gaussian(H, W, 4, 3, 2))
heat[0, 1] = gaussian(H, W, 0, 4, 3)
heat[1, 0] = gaussian(H, W, 5, 0, 2)
cells = [[1 * W + 2, 3 * W + 4, 4 * W], [5]]
boxes = [torch.randn(3, 10, dtype=torch.float64), torch.randn(1, 10, dtype=torch.float64)]
boxes[0][1, 8:] = float("nan")
weights = torch.tensor([1.0] * 8 + [0.2, 0.2], dtype=torch.float64)
pred = torch.cat([maps[n] for n in ("reg", "height", "dim", "rot", "vel")], 1).permute(0, 2, 3, 1).reshape(B, H * W, 10)
l1, num = 0, 0
for b in range(B):
    for k, cell in enumerate(cells[b]):
        t = boxes[b][k]
        m = ~torch.isnan(t)
        l1 = l1 + ((pred[b, cell][m] - t[m]).abs() * weights[m]).sum()
        num += 1
total = focal(maps["heatmap"], heat) + 0.25 * l1 / (num + EPS)
total.backward()

x = torch.tensor([-2.0, -0.9, -0.31, 0.0, 0.2, 0.77, 0.99, 1.5], dtype=torch.float64, requires_grad=True)
amax = torch.tensor(1.0, dtype=torch.float64)
q = (x * 127 / amax)
inside = (q >= -128) & (q <= 127)
rounded = torch.clamp(q, -128, 127).detach().round()
upstream = torch.arange(1, 9, dtype=torch.float64)
grad_amax = (upstream * torch.where(inside, (rounded - q) / 127, rounded / 127)).sum() / math.sqrt(127 * x.numel())

flat = lambda t: [None if math.isnan(v) else v for v in t.detach().reshape(-1).tolist()]
print(json.dumps({
    "radius": [[h, w, o, radius(h, w, o)] for h, w, o in [(3.96, 9.37, 0.1), (5.2, 20.8, 0.1), (1.0, 1.0, 0.5), (12.0, 3.0, 0.7)]],
    "shape": [B, C, H, W],
    "maps": {n: flat(m) for n, m in maps.items()},
    "heatmap_target": flat(heat), "cells": cells, "boxes": [flat(b) for b in boxes],
    "loss": total.item(), "gradients": {n: flat(m.grad) for n, m in maps.items()},
    "lsq": {"x": flat(x), "values": flat(rounded / 127), "upstream": flat(upstream), "grad_x": flat(torch.where(inside, upstream, torch.zeros(8, dtype=torch.float64))), "grad_amax": grad_amax.item()},
}))
