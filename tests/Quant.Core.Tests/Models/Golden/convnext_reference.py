"""Writes convnext_*.npz beside itself: random ConvNeXt_PC weights, an input and the outputs that PyTorch computes from them.

Run with any PyTorch from 1.13 on: python3 convnext_reference.py. The modules follow AWML's
projects/ConvNeXt_PC/backbones/convnext_pc.py, so their state dict has the checkpoint's names.
"""
import os

import numpy as np
import torch
from torch import nn


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Block(nn.Module):
    def __init__(self, channels, kernel, layer_scale):
        super().__init__()
        self.depthwise_conv = nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.pointwise_conv1 = nn.Linear(channels, 4 * channels)
        self.act = nn.GELU()
        self.pointwise_conv2 = nn.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(torch.ones(channels)) if layer_scale else None

    def forward(self, x):
        y = self.depthwise_conv(x).permute(0, 2, 3, 1)
        y = self.pointwise_conv2(self.act(self.pointwise_conv1(self.norm(y)))).permute(0, 3, 1, 2)
        if self.gamma is not None:
            y = y * self.gamma.view(1, -1, 1, 1)
        return x + y


class ConvNeXt(nn.Module):
    def __init__(self, in_channels, out_channels, depths, out_indices, first_downsample, kernels, layer_scale):
        super().__init__()
        widths = [in_channels] + out_channels[1:]
        self.first_downsample, self.out_indices = first_downsample, out_indices
        self.downsample_layers = nn.ModuleList([None] if first_downsample else [])
        self.stages = nn.ModuleList()
        for i, depth in enumerate(depths):
            if i >= first_downsample:
                before = widths[max(i - 1, 0)]
                self.downsample_layers.append(nn.Sequential(LayerNorm2d(before), nn.Conv2d(before, widths[i], 2, 2)))
            self.stages.append(nn.Sequential(*[Block(widths[i], kernels[i], layer_scale) for _ in range(depth)]))
            if i in out_indices:
                self.add_module(f"norm{i}", LayerNorm2d(widths[i], eps=1e-6))

    def forward(self, x):
        outputs = []
        for i, stage in enumerate(self.stages):
            if i >= self.first_downsample:
                x = self.downsample_layers[i](x)
            x = stage(x)
            if i in self.out_indices:
                outputs.append(getattr(self, f"norm{i}")(x))
        return outputs


def write(name, height, width, **arguments):
    torch.manual_seed(sum(map(ord, name)))
    model = ConvNeXt(**arguments).eval()
    for key, value in model.state_dict().items():
        matrix = value.dim() > 1
        offset = 0 if matrix or key.endswith("bias") else 1
        value.copy_(offset + torch.randn_like(value) * (0.3 if not matrix else (1.5 / value[0].numel()) ** 0.5))
    canvas = torch.randn(2, arguments["in_channels"], height, width).relu()
    with torch.no_grad():
        outputs = model(canvas)
    arrays = {"pts_backbone." + key: value.numpy() for key, value in model.state_dict().items()}
    arrays["input"] = canvas.numpy()
    arrays.update({f"output{i}": value.contiguous().numpy() for i, value in enumerate(outputs)})
    np.savez_compressed(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".npz"), **arrays)


write("convnext_scaled", 12, 16, in_channels=6, out_channels=[6, 8, 10], depths=[2, 1, 1], out_indices=[0, 1, 2], first_downsample=1, kernels=[7, 7, 7], layer_scale=True)
write("convnext_large", 8, 16, in_channels=6, out_channels=[4, 10], depths=[1, 2], out_indices=[1], first_downsample=0, kernels=[7, 9], layer_scale=False)
