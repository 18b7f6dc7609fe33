#!/usr/bin/env python3
"""Writes the frequencies of rotary positions that transformers computes for scaled configurations, and the factor on cosines and sines.

    pip install torch==2.13.0 transformers==5.24.0
    python make.py > frequencies.json
"""
import json
from transformers import LlamaConfig, Phi3Config
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

SHAPE = dict(vocab_size=64, hidden_size=96, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1)
FACTORS = {"short_factor": [1 + 0.05 * i for i in range(18)], "long_factor": [1.0 + i for i in range(18)]}
CASES = {
    "linear": {"rope_type": "linear", "factor": 4.0},
    "llama3": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 512},
    "dynamic": {"rope_type": "dynamic", "factor": 3.0},
    "yarn": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024},
    "yarn, other turns": {"rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 256, "beta_fast": 8.0, "beta_slow": 2.0},
    "yarn, not truncated": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "truncate": False},
    "yarn, factor of attention": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "attention_factor": 1.3},
    "yarn, two scales": {"rope_type": "yarn", "factor": 40.0, "original_max_position_embeddings": 4096, "mscale": 1.0, "mscale_all_dim": 0.707},
    "longrope": {"rope_type": "longrope", "original_max_position_embeddings": 1024, "partial_rotary_factor": 0.75, **FACTORS},
    "longrope, factor of attention": {"rope_type": "longrope", "original_max_position_embeddings": 1024, "partial_rotary_factor": 0.75, "attention_factor": 1.5, **FACTORS},
}
results = []
for name, parameters in CASES.items():
    kind = Phi3Config if "long_factor" in parameters else LlamaConfig
    settings = dict(max_position_embeddings=4096, rope_parameters={"rope_theta": 50000.0, **parameters}, **SHAPE)
    if kind is Phi3Config: settings["original_max_position_embeddings"] = parameters["original_max_position_embeddings"]
    config = kind(**settings)
    frequencies, factor = ROPE_INIT_FUNCTIONS[parameters["rope_type"]](config)
    results.append({"name": name, "config": {"model_type": config.model_type, **settings}, "frequencies": frequencies.tolist(), "attention_factor": factor})
print(json.dumps(results))
