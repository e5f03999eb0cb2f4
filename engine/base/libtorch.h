// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the project uses of <torch/torch.h>, which takes twice as long to compile.
#include <torch/autograd.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>
