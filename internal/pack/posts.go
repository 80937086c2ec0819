package pack

import (
	"slices"

	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/territory"
)

// postFile is posts.yaml.
type postFile struct {
	Posts []struct {
		ID        string    `yaml:"id"`
		Name      lang.Text `yaml:"name"`
		Level     string    `yaml:"level"`
		Min       int       `yaml:"min"`
		Max       int       `yaml:"max"`
		Peace     lang.Text `yaml:"peace"`
		Emergency lang.Text `yaml:"emergency"`
		Source    lang.Text `yaml:"source"`
	} `yaml:"posts"`
	Roles []struct {
		ID     string    `yaml:"id"`
		Name   lang.Text `yaml:"name"`
		Levels []string  `yaml:"levels"`
	} `yaml:"roles"`
}

// readPosts reads the common posts and roles and then the zone's own; one with the same id replaces.
func readPosts(base, own folder, p *Pack) {
	const file = "posts.yaml"
	for _, f := range []folder{base, own} {
		var in postFile
		node, ok := f.yaml(file, &in)
		if !ok {
			continue
		}
		for i, k := range in.Posts {
			at, level := lineOf(node, "posts", i), territory.ParseLevel(k.Level)
			if k.ID == "" || k.Name.ZH == "" || level == idcode.NoLevel {
				f.fail(file, at, "岗位须有 id、name 和 level（%s）。", "A post needs id, name and level; the level is %q.", k.Level)
			}
			if k.Min < 0 || k.Max < 0 || k.Max > 0 && k.Max < k.Min {
				f.fail(file, at, "岗位 %s 的人数不对：min %d，max %d。", "Post %s: min %d and max %d do not go together.", k.ID, k.Min, k.Max)
			}
			p.Posts = replace(p.Posts, territory.PostKind{ID: k.ID, Name: k.Name, Level: level, Min: k.Min, Max: k.Max, Peace: k.Peace, Emergency: k.Emergency, Source: k.Source},
				func(a territory.PostKind) bool { return a.ID == k.ID })
		}
		for i, r := range in.Roles {
			role := territory.Role{ID: r.ID, Name: r.Name}
			for _, l := range r.Levels {
				level := territory.ParseLevel(l)
				if level == idcode.NoLevel {
					f.fail(file, lineOf(node, "roles", i), "角色 %s 的层级“%s”不对。", "Role %s: level %q is unknown.", r.ID, l)
				}
				role.Levels = append(role.Levels, level)
			}
			p.Roles = replace(p.Roles, role, func(a territory.Role) bool { return a.ID == r.ID })
		}
	}
	if len(p.Posts) == 0 {
		own.fail(file, 0, "没有任何岗位。", "There are no posts.")
	}
}

// replace puts x in the place of the one that is the same, or at the end.
func replace[T any](list []T, x T, same func(T) bool) []T {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = x
		return list
	}
	return append(list, x)
}
