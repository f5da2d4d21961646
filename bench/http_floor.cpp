// payweir_http_floor: the bare HTTP server of net/, answering every request with a constant: what the
// switch's own figures are held against, and who takes the merchants' webhooks. It runs until the end of
// its standard input; prints its port first, and at the end how many requests it answered.
#include <cstdio>
#include <string>

#include "net/io_pool.hpp"
#include "net/server.hpp"

int main(int argc, char** argv) {
  using namespace payweir;
  net::IoPool pool(1);
  net::ServerConfig config;
  config.address = argc > 1 ? argv[1] : "127.0.0.1:0";
  const auto answer = [](http::Request) -> Task<http::Response> {
    http::Response response;
    response.headers.set("content-type", "application/json");
    response.body = R"({"status":"succeeded"})";
    co_return response;
  };
  auto server = net::Server::listen(pool, config, [&](std::size_t) { return net::Handler(answer); });
  if (!server) {
    std::fprintf(stderr, "payweir_http_floor: %s\n", server.error().detail.c_str());
    return 1;
  }
  pool.start();
  std::printf("%u\n", static_cast<unsigned>((*server)->port()));
  std::fflush(stdout);
  std::getchar();
  pool.stop();
  pool.join();
  std::printf("%llu\n", static_cast<unsigned long long>((*server)->counters().requests.load()));
  return 0;
}
