// SPDX-License-Identifier: MIT OR Apache-2.0
// alkomp: one program for every GPU. The includes stand in reading order.
#pragma once

#include "alkomp/version.h"
#include "alkomp/error.h"
#include "alkomp/dtype.h"
#include "alkomp/capabilities.h"
#include "alkomp/buffer.h"
#include "alkomp/kernel.h"
#include "alkomp/future.h"
#include "alkomp/stream.h"
#include "alkomp/graph.h"
#include "alkomp/profile.h"
#include "alkomp/message.h"
#include "alkomp/check.h"
#include "alkomp/device.h"
#include "alkomp/lang.h"
