#include "crew.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>
#include <vector>

#include "base/check.hpp"

namespace payweir::sim {
namespace {

struct Member {
  pid_t process = 0;
  int pipe = 0;
};

// One count a line, "123 name of it".
std::string serialise(const Counts& counts) {
  std::ostringstream out;
  for (const auto& [name, count] : counts)
    out << count << ' ' << name << '\n';
  return std::move(out).str();
}

void add(Counts& sum, const std::string& text) {
  std::istringstream in(text);
  std::uint64_t count = 0;
  std::string name;
  while (in >> count && in.get() == ' ' && std::getline(in, name))
    sum[name] += count;
}

std::string read_all(int pipe) {
  std::string text;
  char buffer[4096];
  for (ssize_t size = 0; (size = read(pipe, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(size));
  close(pipe);
  return text;
}

}  // namespace

Counts run_crew(std::size_t size, const std::function<Counts(std::size_t, Post)>& work,
                const std::function<void(std::uint64_t)>& died) {
  void* const shared =
      mmap(nullptr, size * sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  check(shared != MAP_FAILED, "memory can be shared");
  auto* const posts = static_cast<std::uint64_t*>(shared);
  std::fflush(stdout);
  std::vector<Member> members(size);
  for (std::size_t i = 0; i < size; ++i) {
    int ends[2];
    check(pipe(ends) == 0, "a pipe can be made");
    members[i] = {fork(), ends[0]};
    check(members[i].process >= 0, "a process can be made");
    if (members[i].process == 0) {
      close(ends[0]);
      const std::string text = serialise(work(i, Post(&posts[i])));
      check(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()), "counts are told");
      std::fflush(stdout);
      _exit(0);
    }
    close(ends[1]);
  }
  Counts sum;
  for (std::size_t i = 0; i < size; ++i) {
    add(sum, read_all(members[i].pipe));
    int status = 0;
    waitpid(members[i].process, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) died(posts[i]);
  }
  munmap(shared, size * sizeof(std::uint64_t));
  return sum;
}

}  // namespace payweir::sim
