// Command gezhi runs a district's grassroots governance and business-environment service.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// cli has one field per command. Each command stands in a file of its own, with a method
// Run(std) error; add it here in one line.
type cli struct {
	Calendar calendarCmd `cmd:"" help:"Working days and deadlines. 工作日历与时限。"`
	Check    checkCmd    `cmd:"" help:"Check a zone's data and prove that every matter has one owner. 检查数据包，证明每个事项在每个微网格恰有一个责任主体。"`
	Install  installCmd  `cmd:"" help:"Install a district and make its first accounts. 安装辖区并建立首批账号。"`
	Serve    serveCmd    `cmd:"" help:"Run the service. 启动服务。"`
	Verify   verifyCmd   `cmd:"" help:"Check every invariant of a database, or a receipt. 核对数据库的全部规则，或离线核对凭证。"`
	Log      logCmd      `cmd:"" help:"The tamper-evident log. 防篡改日志。"`
	Demo     demoCmd     `cmd:"" help:"Two districts of made-up people to try everything on. 用虚构的两个辖区试用全部功能。"`
	Simulate simulateCmd `cmd:"" help:"Make a large database of synthetic cases to measure on. 生成大规模模拟数据，用于性能测试。"`
	Key      keyCmd      `cmd:"" help:"Keys by which other systems use the API. 接口密钥。"`
	Rules    rulesCmd    `cmd:"" help:"Policy items: who may have what, without a database. 惠企政策事项：谁能享受、为什么。"`
	Locate   locateCmd   `cmd:"" help:"Which area owns each point of a CSV file. 点位落在哪个区域。"`
}

// std is what a command may touch of the process, so that a test can hand it something else.
type std struct {
	In   io.Reader
	Out  io.Writer // results, fit for a pipe
	Err  io.Writer // warnings and progress for the person at the terminal
	Lang lang.Lang // language of sentences; the names of JSON fields never change
}

// Exit codes. A script can tell a wrong command line from a command that was refused.
const (
	exitOK    = 0
	exitFault = 1
	exitUsage = 2
)

func main() {
	s := std{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Lang: langOf(os.Getenv)}
	os.Exit(run(s, os.Args[1:]))
}

// langOf reads the reader's language from the environment, in the order POSIX gives;
// Chinese unless the locale is an English one.
func langOf(getenv func(string) string) lang.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return lang.Parse(v)
		}
	}
	return lang.ZH
}

// exited carries kong's wish to end the process (after --help) up to run.
type exited int

// run is the whole program except the process around it. It returns the exit code.
func run(s std, args []string) (code int) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case exited:
			code = int(e)
		default:
			panic(e) // a defect must be seen, not end the program as if all were well
		}
	}()
	parser, err := kong.New(&cli{},
		kong.Name("gezhi"),
		kong.Description("格治 Gezhi: grassroots governance and business-environment service for a district. 区县基层治理与营商环境平台。"),
		kong.Writers(s.Out, s.Err),
		kong.Exit(func(code int) { panic(exited(code)) }),
	)
	if err != nil {
		panic(err) // a command's struct tags are wrong: only a developer can break them
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(s.Err, "%s%s\n%s\n", s.Lang.T("命令写法有误：", "usage: "), err,
			s.Lang.T("用 gezhi --help 查看用法。", "Run gezhi --help for help."))
		return exitUsage
	}
	if err := ctx.Run(s); err != nil {
		report(s, err)
		return exitFault
	}
	return exitOK
}

// report prints an error for a person. What is not a fault is our own defect or the machine's
// (a file that is not there, a full disk); whoever types commands runs the machine and may see it.
func report(s std, err error) {
	fs := fault.Fields(err)
	if len(fs) == 0 {
		fmt.Fprintln(s.Err, s.Lang.T("出错：", "error: ")+err.Error())
		return
	}
	var list fault.List
	prefix := s.Lang.T("错误：", "error: ")
	if errors.As(err, &list) && len(list) > 1 {
		fmt.Fprintln(s.Err, s.Lang.Tf("共 %d 处错误：", "%d errors:", len(list)))
		prefix = "  "
	}
	for _, f := range fs {
		at := ""
		if f.Field != "" && !strings.HasPrefix(f.In(s.Lang), f.Field) {
			at = f.Field + s.Lang.T("：", ": ")
		}
		fmt.Fprintln(s.Err, prefix+at+f.In(s.Lang))
	}
}
