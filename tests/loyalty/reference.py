"""Reference results of LMG, computed with R 4.2.2 and relaimpo 2.2-7, and the sums of products they follow from.

``swiss`` is R's data set of 47 provinces (Mosteller and Tukey, "Data Analysis and Regression", 1977); its values have
two decimals, so the sums below are exact. ``mediation`` is pingouin's data set; its eight digits are quoted in
pingouin's own tests. The columns of all sums are a constant, then the drivers, then y; lower triangles.
"""

from __future__ import annotations

import numpy as np

from metrics.loyalty.lmg import Array

SWISS = [
    [47.0],
    [2381.0, 144347.22],
    [775.0, 33539.1, 15707.0],
    [516.0, 19716.1, 10973.0, 9918.0],
    [1933.76, 115439.06, 23120.68, 18392.07, 159569.841],
    [937.3, 47298.03, 15333.6, 10162.4, 39544.745, 19082.41],
    [3296.7, 171617.2, 51399.6, 32526.0, 146750.771, 66441.8, 238416.91],
]
#: The same with weights 1, 2, 0.5, 1.5, 1 repeated over the 47 rows.
SWISS_WEIGHTED = [
    [57.0],
    [2868.4, 173239.13],
    [948.0, 40206.75, 19642.0],
    [630.0, 23773.6, 13645.5, 12124.0],
    [2326.895, 139820.02, 27980.415, 22466.04, 190494.81825],
    [1136.6, 56987.33, 18790.15, 12464.05, 47512.3525, 23147.76],
    [3983.5, 206681.725, 62626.9, 39629.1, 175046.9065, 80154.61, 286893.92],
]
#: Agriculture, Examination, Education, Catholic, Infant.Mortality -> Fertility
SWISS_R2 = 0.706735001593
SWISS_LMG = [0.0570912207681, 0.1711730289002, 0.2601346786244, 0.1055701503735, 0.1127659229265]
#: Catholic always in the model
SWISS_ALWAYS_CATHOLIC = [0.0402101327693, 0.1036508562923, 0.2562230713957, 0.0916474395169]
#: Examination and Education as one group, then Agriculture, Catholic, Infant.Mortality
SWISS_GROUPED = [0.3981789887709, 0.0738468088833, 0.1157375396403, 0.1189716642982]
SWISS_WEIGHTED_R2 = 0.661176978951
SWISS_WEIGHTED_LMG = [0.0598557360576, 0.1589276961888, 0.2605713559675, 0.0938119777704, 0.0880102129669]

STACKLOSS_R2 = 0.913576904461
STACKLOSS_LMG = [0.4684783768684, 0.3887497715043, 0.0563487560879]

#: X, M, Ybin -> Y
MEDIATION = [
    [100.0],
    [599.0, 3889.0],
    [486.0, 3080.0, 2720.0],
    [53.0, 303.0, 249.0, 53.0],
    [523.0, 3252.0, 2776.0, 284.0, 3147.0],
]
MEDIATION_X_M = [0.05778011, 0.31521913]
MEDIATION_X_M_YBIN = [0.06010737, 0.31724368, 0.01217479]

#: Mobile-phone survey: satisfaction on image, expectation, quality, value (means of items)
MOBI_R2 = 0.66944130954
MOBI_LMG = [0.1648170210163, 0.0768815510182, 0.2954336650473, 0.1323090724579]
#: Satisfaction on the seven quality items
MOBI_QUALITY_R2 = 0.669166860141
MOBI_QUALITY_LMG = [
    0.1353601557413,
    0.051586438287,
    0.1145986250091,
    0.0892590918274,
    0.0519917581018,
    0.0589285338935,
    0.167442257281,
]


def centred(lower: list[list[float]]) -> Array:
    """Centred sums of products from a lower triangle whose first column is a constant."""
    q = len(lower)
    sums = np.zeros((q, q))
    for i, row in enumerate(lower):
        sums[i, : i + 1] = sums[: i + 1, i] = row
    out: Array = sums[1:, 1:] - np.outer(sums[0, 1:], sums[0, 1:]) / sums[0, 0]
    return out
