# /// script
# requires-python = ">=3.10"
# dependencies = ["xgboost==3.2.0", "numpy==2.4.6"]
# [tool.softmax-audit]
# library = "XGBoost"
# calls = "multi:softprob and binary:logistic of a booster without trees, with the logits as base_margin"
# [[tool.softmax-audit.variant]]
# name = "xgboost python"
# ///
"""XGBoost: what predict() makes of the sums of the trees."""

import functools

import softmax_audit

xgboost = softmax_audit.require("xgboost", "pip install xgboost")
import numpy  # noqa: E402


@functools.lru_cache(maxsize=64)
def booster_of(objective, classes):
    parameters = {"objective": objective, "nthread": 1, "base_score": 0.5}
    if classes:
        parameters["num_class"] = classes
    labels = numpy.arange(max(classes, 2)) % max(classes, 2)
    return xgboost.train(parameters, xgboost.DMatrix(numpy.zeros((len(labels), 1)), label=labels), num_boost_round=0)


def predict(objective, classes, margins):
    data = xgboost.DMatrix(numpy.zeros((len(margins), 1)), nthread=1)
    data.set_base_margin(margins)
    return booster_of(objective, classes).predict(data)


@softmax_audit.implementation(name="xgboost", version=xgboost.__version__, formats=["f32"])
def softmax(x):
    if x.shape[1] < 2:
        raise softmax_audit.Refused("XGBoost wants two classes at least")
    return predict("multi:softprob", x.shape[1], x).reshape(x.shape)


@softmax_audit.implementation(operation="sigmoid")
def sigmoid(x):
    return predict("binary:logistic", 0, x.reshape(-1)).reshape(x.shape)


softmax_audit.serve()
