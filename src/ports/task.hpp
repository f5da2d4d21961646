#pragma once
// Task<T>: what every awaitable function of the switch returns. It runs on whatever executor it was
// spawned on: an io thread's, or the simulator's on virtual time.
//
// Parameters of a coroutine are values, or references to objects wired in app/ that outlive every
// task. One co_await a statement; its arguments are named locals.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

namespace payweir {
template <class T>
using Task = boost::asio::awaitable<T>;
}  // namespace payweir
