package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/data/locale"
)

// Thread is a conversation as it is sent.
type Thread struct {
	ID        string     `json:"id"`
	Indicator string     `json:"indicator"`
	Shared    bool       `json:"shared" doc:"with the people who review; otherwise private to the city"`
	Resolved  *time.Time `json:"resolved"`
	Posts     []Post     `json:"posts" doc:"oldest first"`
}

// Post is a contribution as it is sent.
type Post struct {
	ID       string    `json:"id"`
	Text     string    `json:"text"`
	By       string    `json:"by" doc:"role"`
	Name     string    `json:"name" doc:"for people of the city; empty for others"`
	Mentions []string  `json:"mentions" doc:"accounts of the team"`
	At       time.Time `json:"at"`
}

func threads(b assessment.Beside, words *locale.Words) []Thread {
	out := []Thread{}
	for _, t := range b.Threads {
		x := Thread{ID: t.ID, Indicator: t.Indicator, Shared: t.Shared, Resolved: moment(t.Resolved), Posts: []Post{}}
		for _, p := range t.Posts {
			x.Posts = append(x.Posts, Post{ID: p.ID, Text: p.Body, By: string(p.By.Role), Name: words.Name(p.By.Name), Mentions: append([]string{}, p.Mentions...), At: p.At})
		}
		out = append(out, x)
	}
	return out
}

func (a *API) talk() {
	type threadList struct {
		Body struct {
			Threads []Thread `json:"threads"`
		}
	}
	add(a, huma.Operation{OperationID: "list-threads", Method: http.MethodGet, Path: "/assessments/{id}/threads", Summary: "Conversations beside the questions",
		Description: "People of the city get all; people who review get the shared ones, without names."},
		account.Talk, func(ctx context.Context, who session.Asker, in *Where) (*threadList, error) {
			_, _, b, err := a.Talk.Open(ctx, who.Actor, in.ID)
			out := &threadList{}
			out.Body.Threads = threads(b, a.Words.In(who.Lang))
			return out, err
		})
	type threadSaid struct {
		Body struct {
			Thread string `json:"thread" doc:"id of the conversation"`
		}
	}
	type threadBegun struct {
		Where
		Key  string `header:"Idempotency-Key" doc:"a UUID made by the client: the same twice is one post"`
		Body struct {
			Indicator string   `json:"indicator"`
			Text      string   `json:"text"`
			Shared    bool     `json:"shared,omitempty" doc:"always so for people from outside"`
			Mentions  []string `json:"mentions,omitempty" doc:"accounts of the team that should know"`
		}
	}
	add(a, huma.Operation{OperationID: "begin-thread", Method: http.MethodPost, Path: "/assessments/{id}/threads", Summary: "Begin a conversation", DefaultStatus: http.StatusCreated, Errors: []int{http.StatusUnprocessableEntity}},
		account.Talk, func(ctx context.Context, who session.Asker, in *threadBegun) (*threadSaid, error) {
			out := &threadSaid{}
			var err error
			out.Body.Thread, err = a.Talk.Say(ctx, who.Actor, in.ID, assessment.Remark{ID: in.Key, Indicator: in.Body.Indicator, Body: in.Body.Text, Shared: in.Body.Shared, Mentions: in.Body.Mentions})
			return out, err
		})
	type threadReply struct {
		Where
		Thread string `path:"thread" doc:"id of the conversation"`
		Key    string `header:"Idempotency-Key" doc:"a UUID made by the client: the same twice is one post"`
		Body   struct {
			Text     string   `json:"text"`
			Mentions []string `json:"mentions,omitempty" doc:"accounts of the team that should know"`
		}
	}
	add(a, huma.Operation{OperationID: "reply", Method: http.MethodPost, Path: "/assessments/{id}/threads/{thread}/posts", Summary: "Reply in a conversation", DefaultStatus: http.StatusCreated, Errors: []int{http.StatusUnprocessableEntity}},
		account.Talk, func(ctx context.Context, who session.Asker, in *threadReply) (*threadSaid, error) {
			out := &threadSaid{}
			var err error
			out.Body.Thread, err = a.Talk.Say(ctx, who.Actor, in.ID, assessment.Remark{ID: in.Key, Thread: in.Thread, Body: in.Body.Text, Mentions: in.Body.Mentions})
			return out, err
		})
	type threadSettled struct {
		Where
		Thread string `path:"thread" doc:"id of the conversation"`
		Body   struct {
			Resolved bool `json:"resolved"`
		}
	}
	add(a, huma.Operation{OperationID: "resolve-thread", Method: http.MethodPut, Path: "/assessments/{id}/threads/{thread}/resolved", Summary: "Resolve a conversation, or open it again", DefaultStatus: http.StatusNoContent},
		account.Talk, func(ctx context.Context, who session.Asker, in *threadSettled) (*struct{}, error) {
			return nil, a.Talk.Resolve(ctx, who.Actor, in.ID, in.Thread, in.Body.Resolved)
		})
	a.inbox()
}

// Notice is a notice as it is sent.
type Notice struct {
	ID   string            `json:"id"`
	Kind string            `json:"kind"`
	Args map[string]string `json:"args" doc:"names, ids of indicators, days"`
	Text string            `json:"text" doc:"the same in the reader's language"`
	Href string            `json:"href" doc:"where to go on, a path of this site"`
	At   time.Time         `json:"at"`
	Read *time.Time        `json:"read"`
}

// named says the names among the arguments of a notice in words.
func named(args map[string]string, words *locale.Words) map[string]string {
	out := map[string]string{}
	for k, v := range args {
		out[k] = words.Name(v)
	}
	return out
}

func (a *API) inbox() {
	type noticesFrom struct {
		Before string `query:"before" doc:"id of a notice: only older ones"`
	}
	type noticeList struct {
		Body struct {
			Unread  int      `json:"unread"`
			Notices []Notice `json:"notices" doc:"newest first"`
			Older   string   `json:"older" doc:"pass it as before; empty when there are none"`
		}
	}
	add(a, huma.Operation{OperationID: "list-notices", Method: http.MethodGet, Path: "/inbox", Summary: "Your notices"},
		account.UseAccount, func(ctx context.Context, who session.Asker, in *noticesFrom) (*noticeList, error) {
			page, older, err := a.Inbox.List(ctx, who.Actor, in.Before)
			if err != nil {
				return nil, err
			}
			out, w := &noticeList{}, a.Words.In(who.Lang)
			out.Body.Unread, out.Body.Older, out.Body.Notices = who.Unread, older, []Notice{}
			for _, n := range page {
				out.Body.Notices = append(out.Body.Notices, Notice{n.ID, string(n.Kind), named(n.Args, w), w.Notice(string(n.Kind), n.Args, a.Library.Title).String(), n.Href, n.At, moment(n.Seen)})
			}
			return out, nil
		})
	type noticeOne struct {
		Notice string `path:"notice" doc:"id of the notice"`
		Body   struct {
			Read bool `json:"read" enum:"true" doc:"what was read stays so"`
		}
	}
	add(a, huma.Operation{OperationID: "read-notice", Method: http.MethodPut, Path: "/inbox/{notice}", Summary: "Mark a notice as read", DefaultStatus: http.StatusNoContent},
		account.UseAccount, func(ctx context.Context, who session.Asker, in *noticeOne) (*struct{}, error) {
			_, err := a.Inbox.Read(ctx, who.Actor, in.Notice)
			return nil, err
		})
}
